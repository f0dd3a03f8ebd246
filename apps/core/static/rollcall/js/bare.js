// Pages without the shell (sign-in, lock): focus what needs attention.
import "./focus.js";
