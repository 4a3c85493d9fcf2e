import { parseQuantity, splitQuantity } from '../../../kube/quantity.ts';
import { quantityPlaces } from '../../../kube/quantityPlaces.ts';
import { objectRule } from '../../rule.ts';
import { fieldOf } from '../../schemaProblems.ts';

/** Suffixes as people write them, in lower case, and the legal ones they may mean. */
const MEANT: Record<string, readonly string[]> = {
  b: [''],
  byte: [''],
  bytes: [''],
  core: [''],
  cores: [''],
  cpu: [''],
  cpus: [''],
  k: ['k', 'Ki'],
  kb: ['k', 'Ki'],
  kib: ['Ki'],
  ki: ['Ki'],
  m: ['M', 'Mi'],
  mb: ['M', 'Mi'],
  mib: ['Mi'],
  mi: ['Mi'],
  g: ['G', 'Gi'],
  gb: ['G', 'Gi'],
  gib: ['Gi'],
  gi: ['Gi'],
  t: ['T', 'Ti'],
  tb: ['T', 'Ti'],
  tib: ['Ti'],
  ti: ['Ti'],
  millicores: ['m'],
  mcpu: ['m'],
};

export const quantityInvalid = objectRule()({
  id: 'quantity-invalid',
  group: 'schema',
  severity: 'error',
  scope: 'object',
  kinds: 'all',
  case: 'quantities-and-units',
  messages: {
    invalid: '{field} {value} is no quantity; the API server refuses the object.',
    use: 'Use {legal}',
  },

  check({ object }, { report }) {
    for (const { path, value } of quantityPlaces(object)) {
      if (typeof value !== 'string' || parseQuantity(value) !== undefined) continue;
      report('invalid', path, {
        data: { field: fieldOf(path), value: JSON.stringify(value) },
        fixes: legalSpellings(value).map((legal) => ({
          title: 'use',
          data: { legal },
          edits: [{ op: 'set', path, value: legal }],
        })),
      });
    }
  },
});

function legalSpellings(text: string): string[] {
  const parts = splitQuantity(text.replace(/^(\d+),(\d{1,2})(?!\d)/, '$1.$2').replaceAll('_', ''));
  if (!parts) return [];
  const suffix = parts.suffix.trim();
  const meant =
    parseQuantity(parts.number + suffix) !== undefined ? [suffix] : (own(suffix.toLowerCase()) ?? []);
  return meant.map((legal) => parts.number + legal);
}

const own = (suffix: string): readonly string[] | undefined =>
  Object.hasOwn(MEANT, suffix) ? MEANT[suffix] : undefined;
