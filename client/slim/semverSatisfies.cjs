/** See semverParse.cjs. */
module.exports = () => true;
