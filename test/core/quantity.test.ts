import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuantity, splitQuantity } from '../../server/src/core/kube/quantity.ts';

const VALUES: [string | number, number | undefined][] = [
  ['0', 0],
  ['1', 1],
  [2, 2],
  [0.5, 0.5],
  ['100m', 0.1],
  ['0.1m', 0.0001],
  ['250u', 0.00025],
  ['7n', 7e-9],
  ['1k', 1000],
  ['1M', 1e6],
  ['3G', 3e9],
  ['1T', 1e12],
  ['1P', 1e15],
  ['1E', 1e18],
  ['1Ki', 1024],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['2Ti', 2 * 2 ** 40],
  ['1Ei', 2 ** 60],
  ['1e3', 1000],
  ['1E3', 1000],
  ['12e-3', 0.012],
  ['1e+2', 100],
  ['+5', 5],
  ['-5Mi', -5 * 2 ** 20],
  ['.5', 0.5],
  ['5.', 5],
  [' 1Gi ', 2 ** 30],
  ['', undefined],
  ['.', undefined],
  ['1K', undefined],
  ['1e', undefined],
  ['1mi', undefined],
  ['1GiB', undefined],
  ['512MB', undefined],
  ['1,5Gi', undefined],
  ['2 cores', undefined],
  ['1 Gi', undefined],
  ['1Gi1', undefined],
  ['1Mi3', undefined],
  ['1Mie3', undefined],
  ['0x10', undefined],
  ['Infinity', undefined],
  ['constructor', undefined],
  ['1constructor', undefined],
  [Number.NaN, undefined],
  [Number.POSITIVE_INFINITY, undefined],
];

for (const [text, value] of VALUES)
  test(`quantity ${JSON.stringify(text)} is ${value}`, () => assert.equal(parseQuantity(text), value));

test('an absent quantity is none', () => assert.equal(parseQuantity(undefined), undefined));

test('the parts are split as written', () => {
  assert.deepEqual(splitQuantity('512MB'), { number: '512', suffix: 'MB' });
  assert.deepEqual(splitQuantity('1.5 GiB'), { number: '1.5', suffix: ' GiB' });
  assert.equal(splitQuantity('lots'), undefined);
});
