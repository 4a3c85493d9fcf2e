/**
 * Stands in for minimatch in the bundle. The language client uses it for file-operation and tab filters, which our
 * server does not register; Node's own glob matching answers the same question in no bytes.
 */
const { posix } = require('node:path');

class Minimatch {
  constructor(pattern) {
    this.pattern = pattern;
  }

  /** The caller only asks whether the pattern is one. */
  makeRe() {
    return true;
  }

  match(path) {
    return posix.matchesGlob(path, this.pattern);
  }
}

module.exports = { Minimatch };
