/** Plain scalars as the API server reads them: every line is the answer of sigs.k8s.io/yaml v1.6.0 (YAMLToJSON). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainKey, resolvePlain } from '../../server/src/core/yaml/plain.ts';

const words = (text: string): string[] => text.trim().split(/\s+/);

const NULL = words(`null Null NULL ~`);
const TRUE = words(`y Y yes Yes YES on On ON true True TRUE`);
const FALSE = words(`n N no No NO off Off OFF false False FALSE`);
/** Numbers that JSON does not have: the API server refuses the document. */
const REFUSED = words(`.inf .Inf .INF -.inf +.inf -.Inf .nan .NaN .NAN`);
const STRING = words(
  `yEs oN tRue nULL << = 0o8 0xG 0x 0b2 0b _1 . .. -. +. 1e 1e+ e3 .e3 1.2.3 1.2.3.4 12:30 12:30:00 1:2 190:20:30 -1:30 1:30.5 2001-12-14 2001-12-14T21:59:43.10-05:00 2001-1-2 2001-12-14t21:59:43Z .iNF -.nan inf nan Infinity NaN 0x10000000000000000 1e400 -1e400 0x1p-2 1p3 0x1.8p1 100m 1Gi 1k 0.5Gi 1e3Mi 10% +100m 1,000 1.5. 0b_ ___ + -- ++1 -+1 1- 1+1 0x-1 0o-1 0.1.2 1e1.5 ._1 0o 0O 1.e 1E +e1 +.inf_ .inf_ 1i 1.i .5i 0x1i`,
);
const NUMBER: [string, number][] = [
  ['0', 0],
  ['-0', 0],
  ['+0', 0],
  ['1', 1],
  ['-1', -1],
  ['+1', 1],
  ['00', 0],
  ['01', 1],
  ['08', 8],
  ['09', 9],
  ['010', 8],
  ['-010', -8],
  ['+010', 8],
  ['0777', 511],
  ['0o17', 15],
  ['0O17', 15],
  ['-0o17', -15],
  ['+0o17', 15],
  ['0x1F', 31],
  ['0X1F', 31],
  ['0x1f', 31],
  ['-0x1F', -31],
  ['+0x1F', 31],
  ['0b11', 3],
  ['0B11', 3],
  ['-0b11', -3],
  ['+0b11', 3],
  ['1_000', 1000],
  ['1__0', 10],
  ['1_', 1],
  ['-1_000', -1000],
  ['0x_1F', 31],
  ['0x1_F', 31],
  ['0b1_1', 3],
  ['0_1', 1],
  ['0_8', 8],
  ['0o1_7', 15],
  ['1_000.5', 1000.5],
  ['1.5_5', 1.55],
  ['1e3', 1000],
  ['1E3', 1000],
  ['1e+3', 1000],
  ['1e-3', 0.001],
  ['1.e3', 1000],
  ['1.5e3', 1500],
  ['.5', 0.5],
  ['-.5', -0.5],
  ['+.5', 0.5],
  ['5.', 5],
  ['-5.', -5],
  ['1.0', 1],
  ['01.5', 1.5],
  ['08.5', 8.5],
  ['0.0', 0],
  ['-0.0', -0],
  ['.5e3', 500],
  ['9223372036854775807', Number('9223372036854776000')],
  ['9223372036854775808', Number('9223372036854776000')],
  ['18446744073709551615', Number('18446744073709552000')],
  ['18446744073709551616', Number('18446744073709552000')],
  ['-9223372036854775808', Number('-9223372036854776000')],
  ['-9223372036854775809', Number('-9223372036854776000')],
  ['0xFFFFFFFFFFFFFFFF', Number('18446744073709552000')],
  ['0777777777777777777777', Number('9223372036854776000')],
  ['01777777777777777777777', Number('18446744073709552000')],
  ['1e-400', 0],
  ['123456789012345678901234567890', Number('1.2345678901234568e+29')],
  ['0.1', 0.1],
  ['100000000000000000000', Number('100000000000000000000')],
  ['9007199254740993', Number('9007199254740992')],
  ['1e21', Number('1e+21')],
  ['1e20', Number('100000000000000000000')],
  ['0x1_', 1],
  ['1_.5', 1.5],
  ['+_1', 1],
  ['-_1', -1],
  ['0e0', 0],
  ['00.1', 0.1],
  ['-00', 0],
  ['+08', 8],
  ['0b-1', -1],
  ['-0b1', -1],
  ['0b+1', 1],
  ['1e1_0', 10000000000],
  ['1_e3', 1000],
  ['.1_0', 0.1],
  ['0_', 0],
  ['0__', 0],
  ['00_1', 1],
  ['08_1', 81],
  ['0x0', 0],
  ['0.e1', 0],
];
const KEY: [string, string][] = [
  ['y', 'true'],
  ['Y', 'true'],
  ['n', 'false'],
  ['N', 'false'],
  ['yes', 'true'],
  ['Yes', 'true'],
  ['YES', 'true'],
  ['yEs', 'yEs'],
  ['no', 'false'],
  ['No', 'false'],
  ['NO', 'false'],
  ['on', 'true'],
  ['On', 'true'],
  ['ON', 'true'],
  ['off', 'false'],
  ['Off', 'false'],
  ['OFF', 'false'],
  ['true', 'true'],
  ['True', 'true'],
  ['TRUE', 'true'],
  ['tRue', 'tRue'],
  ['false', 'false'],
  ['False', 'false'],
  ['FALSE', 'false'],
  ['-0', '0'],
  ['+0', '0'],
  ['+1', '1'],
  ['00', '0'],
  ['01', '1'],
  ['08', '8'],
  ['09', '9'],
  ['010', '8'],
  ['-010', '-8'],
  ['+010', '8'],
  ['0777', '511'],
  ['0o17', '15'],
  ['0O17', '15'],
  ['-0o17', '-15'],
  ['+0o17', '15'],
  ['0x1F', '31'],
  ['0X1F', '31'],
  ['0x1f', '31'],
  ['-0x1F', '-31'],
  ['+0x1F', '31'],
  ['0b11', '3'],
  ['0B11', '3'],
  ['-0b11', '-3'],
  ['+0b11', '3'],
  ['1_000', '1000'],
  ['1__0', '10'],
  ['1_', '1'],
  ['-1_000', '-1000'],
  ['0x_1F', '31'],
  ['0x1_F', '31'],
  ['0b1_1', '3'],
  ['0_1', '1'],
  ['0_8', '8'],
  ['0o1_7', '15'],
  ['0x1_', '1'],
  ['+_1', '1'],
  ['-_1', '-1'],
  ['-00', '0'],
  ['+08', '8'],
  ['0b-1', '-1'],
  ['-0b1', '-1'],
  ['0b+1', '1'],
  ['0_', '0'],
  ['0__', '0'],
  ['00_1', '1'],
  ['08_1', '81'],
  ['0x0', '0'],
];

test('null, true and false in all their spellings, and an absent value', () => {
  assert.equal(resolvePlain(''), null);
  for (const text of NULL) assert.equal(resolvePlain(text), null, text);
  for (const text of TRUE) assert.equal(resolvePlain(text), true, text);
  for (const text of FALSE) assert.equal(resolvePlain(text), false, text);
});

test('numbers', () => {
  for (const [text, value] of NUMBER) assert.equal(resolvePlain(text), value, text);
  for (const text of REFUSED) {
    const value = resolvePlain(text);
    assert.ok(typeof value === 'number' && !Number.isFinite(value), text);
  }
});

test('all else is a string', () => {
  for (const text of STRING) assert.equal(resolvePlain(text), text);
});

test('keys are what the value is called', () => {
  for (const [text, key] of KEY) assert.equal(plainKey(text), key, text);
  for (const text of STRING) assert.equal(plainKey(text), text);
});
