/** IP addresses and address blocks, both families. */

export interface Address {
  family: 4 | 6;
  bits: bigint;
}

export interface Cidr extends Address {
  prefix: number;
}

const WIDTH = { 4: 32, 6: 128 } as const;

/** `10.0.0.1`, `fd00::1`, `::ffff:10.0.0.1`; undefined when it is no address. Leading zeros are refused as Go refuses them. */
export function parseAddress(text: string): Address | undefined {
  if (text.includes(':')) return parseV6(text);
  const bits = parseV4(text);
  return bits === undefined ? undefined : { family: 4, bits };
}

/** `10.0.0.0/8`; host bits are kept as written. Undefined when it is no block. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (slash < 0 || !address || !/^(0|[1-9]\d{0,2})$/.test(length)) return undefined;
  const prefix = Number(length);
  return prefix > WIDTH[address.family] ? undefined : { ...address, prefix };
}

/** True when the address, or the whole of the block, is inside `block`. Families never mix. */
export function containsAddress(block: Cidr, inner: Address | Cidr): boolean {
  if (block.family !== inner.family) return false;
  if ('prefix' in inner && inner.prefix < block.prefix) return false;
  const shift = BigInt(WIDTH[block.family] - block.prefix);
  return block.bits >> shift === inner.bits >> shift;
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255))
    return undefined;
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function parseV6(text: string): Address | undefined {
  const [head = '', tail, more] = text.split('::');
  if (more !== undefined) return undefined;
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  if (!left || !right) return undefined;
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...left, ...Array<bigint>(missing).fill(0n), ...right];
  const bits = groups.reduce((all, group) => (all << 16n) | group, 0n);
  // An IPv4 address in IPv6 clothes is that IPv4 address.
  if (bits >> 32n === 0xffffn) return { family: 4, bits: bits & 0xffffffffn };
  return { family: 6, bits };
}

function groupsOf(text: string): bigint[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: bigint[] = [];
  for (const [index, part] of parts.entries()) {
    if (part.includes('.') && index === parts.length - 1) {
      const v4 = parseV4(part);
      if (v4 === undefined) return undefined;
      groups.push(v4 >> 16n, v4 & 0xffffn);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}
