// A function that fails in its init phase.
throw new TypeError("no table");
