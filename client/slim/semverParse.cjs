/** Stands in for semver in the bundle: the language client only asks whether the editor is new enough, which `engines` has settled. */
module.exports = (version) => ({ version });
