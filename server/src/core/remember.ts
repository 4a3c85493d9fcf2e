/**
 * The function, asked once for each argument: manifests and objects are never changed, so what was read of one stays
 * true for as long as it is there.
 */
export function remember<A extends object, R extends object>(read: (from: A) => R): (from: A) => R {
  const known = new WeakMap<A, R>();
  return (from) => {
    const before = known.get(from);
    if (before) return before;
    const result = read(from);
    known.set(from, result);
    return result;
  };
}
