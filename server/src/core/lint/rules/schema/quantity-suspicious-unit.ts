import { parseQuantity, splitQuantity } from '../../../kube/quantity.ts';
import { quantityPlaces } from '../../../kube/quantityPlaces.ts';
import { objectRule } from '../../rule.ts';
import { fieldOf } from '../../schemaProblems.ts';

export const quantitySuspiciousUnit = objectRule()({
  id: 'quantity-suspicious-unit',
  group: 'schema',
  severity: 'warning',
  scope: 'object',
  kinds: 'all',
  case: 'quantities-and-units',
  params: { minMemory: '1Mi', maxCpu: 1024 },
  messages: {
    milliBytes: '{field} {value} is {bytes} bytes, m means a thousandth; nothing runs in that.',
    tiny: '{field} {value} is {bytes} bytes; nothing runs in that.',
    manyCores: '{field} {value} is {cores} cores; no node has that many.',
    use: 'Use {meant}',
  },

  check({ object }, { params, report }) {
    const places = quantityPlaces(object);
    if (places.length === 0) return;
    const least = parseQuantity(params.minMemory) ?? 0;
    for (const { path, value, resource } of places) {
      if (resource === undefined || (typeof value !== 'string' && typeof value !== 'number')) continue;
      const amount = parseQuantity(value);
      if (amount === undefined || amount <= 0) continue;
      const isWrong = resource === 'cpu' ? amount > params.maxCpu : isBytes(resource) && amount < least;
      const parts = isWrong ? splitQuantity(String(value)) : undefined;
      if (!parts) continue;
      const { number, suffix } = parts;
      const field = fieldOf(path);
      if (resource === 'cpu') {
        const meant = `${number}m`;
        report('manyCores', path, {
          data: { field, value, cores: amount },
          fixes:
            suffix === '' || /^[MG]i?$/.test(suffix)
              ? [{ title: 'use', data: { meant }, edits: [{ op: 'set', path, value: meant }] }]
              : [],
        });
      } else {
        const meant = `${number}Mi`;
        report(suffix === 'm' ? 'milliBytes' : 'tiny', path, {
          data: { field, value, bytes: amount },
          fixes:
            suffix === 'm' || suffix === ''
              ? [{ title: 'use', data: { meant }, edits: [{ op: 'set', path, value: meant }] }]
              : [],
        });
      }
    }
  },
});

const isBytes = (resource: string): boolean =>
  resource === 'memory' ||
  resource === 'storage' ||
  resource === 'ephemeral-storage' ||
  resource.startsWith('hugepages-');
