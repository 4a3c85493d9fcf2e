/** Which line of a log says what happened: the recordings flag-typo, go-panic and assertion-aborts show three ways. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tellingLine } from '../../../server/src/core/diagnosis/logText.ts';

const LOGS: Record<string, [log: string, telling: string]> = {
  'the last line, where nothing follows it': ['starting\nfatal: no database\n\n', 'fatal: no database'],
  'Java: the innermost cause': [
    'Exception in thread "main" java.lang.IllegalStateException: shop cannot start\n\tat shop.Main.main(Main.java:9)\nCaused by: java.io.IOException: orders.db is locked\n\tat shop.Store.open(Store.java:4)\n\t... 1 more\n',
    'Caused by: java.io.IOException: orders.db is locked',
  ],
  'Python: the error below its traceback': [
    'Traceback (most recent call last):\n  File "/app/shop.py", line 3, in <module>\n    main()\nKeyError: \'ORDERS_URL\'\n',
    "KeyError: 'ORDERS_URL'",
  ],
  'Node.js: the error above its stack': [
    "Error: Cannot find module './orders'\n    at Module._resolveFilename (node:internal/modules/cjs/loader:1)\n\nNode.js v24.1.0\n",
    "Error: Cannot find module './orders'",
  ],
  'Go: a signal, its goroutine and the exit status': [
    'panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x48f1]\n\ngoroutine 1 [running]:\nmain.(*Cart).Add(0x0, {0x1, 0x2})\n\t/src/cart.go:9 +0x11\nmain.main()\n\t/src/main.go:5 +0x20\nexit status 2\n',
    'panic: runtime error: invalid memory address or nil pointer dereference',
  ],
  'words with brackets are no frame': ['connecting\nstore(1) is closed\n', 'store(1) is closed'],
  'a call in a sentence is no frame': [
    'ready\nshop.Open() failed: locked (1)\n',
    'shop.Open() failed: locked (1)',
  ],
  'a usage that is all there is': ['Usage: shop [OPTIONS]\n  --port\n', '  --port'],
};

for (const [name, [log, telling]] of Object.entries(LOGS))
  test(`the telling line: ${name}`, () => assert.equal(tellingLine(log), telling));

test('an empty log tells nothing', () => assert.equal(tellingLine('\n\n'), undefined));
