// Every page: keys, dialogs, toasts, clocks, live parts, drafts, the lock, colours, search.
import "./keys.js";
import "./dialogs.js";
import "./toasts.js";
import "./clock.js";
import "./theme.js";
import "./drafts.js";
import "./combobox.js";
import "./palette.js";
import "./lock.js";
import "./live.js";
import "./filters.js";
import "./focus.js";
import "./play.js";
import "./copy.js";
