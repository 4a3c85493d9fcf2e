/** Output of the script, captured in the test cluster, read back. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ProbeCheck, ProbeResult } from '../../../server/src/core/probe/check.ts';
import { parseProbe } from '../../../server/src/core/probe/parse.ts';
import {
  readConnect,
  readDig,
  readHttp,
  readListeners,
  readPackets,
} from '../../../server/src/core/probe/read.ts';
import { ROOT } from '../../tools/paths.ts';

const fixture = (name: string): string =>
  readFileSync(join(ROOT, 'test/fixtures/probe', `${name}.txt`), 'utf8');
const service = { apiVersion: 'v1', kind: 'Service', namespace: 'lab', name: 'web' };
const pod = { apiVersion: 'v1', kind: 'Pod', namespace: 'kube-system', name: 'coredns-1' };
const lookup = (name: string): ProbeCheck => ({ kind: 'lookup', name });
const connect = (address: string, port: number): ProbeCheck => ({
  kind: 'connect',
  address,
  port,
  target: { role: 'service', service, port },
});
const told = ({ outcome, symptom, via }: ProbeResult): string =>
  [outcome, symptom, via && `${via.server} ${via.protocol}`].filter(Boolean).join(' ');

describe('captured output', () => {
  it('tells names, ports and silence apart', () => {
    const endpoint = { role: 'endpoint', service, port: 80, protocol: 'TCP', ready: true } as const;
    const checks: ProbeCheck[] = [
      lookup('web'),
      lookup('nope'),
      lookup('outside.pod-triage.test'),
      lookup('nowhere.example'),
      { kind: 'ask', name: 'kubernetes.default.svc.cluster.local.', address: '10.242.0.2', port: 53, pod },
      connect('10.98.95.149', 80),
      connect('10.242.0.3', 8080),
      connect('10.98.95.149', 90),
      connect('10.242.0.3', 9090),
      connect('10.98.95.149', 91),
      connect('10.98.95.149', 92),
      connect('10.242.0.99', 80),
      { kind: 'connect', address: '10.234.0.12', port: 10_256, target: { role: 'proxy', node: 'node-b' } },
      { kind: 'connect', address: 'nope.lab', port: 80, target: { role: 'host', host: 'nope.lab' } },
      { kind: 'http', url: 'http://10.242.0.3:8080/readyz', target: endpoint },
      { kind: 'http', url: 'http://10.242.0.3:9090/', target: endpoint },
      { kind: 'packets', address: '10.242.0.3', target: endpoint },
    ];
    const { results, listening } = parseProbe(checks, fixture('mixed'));
    assert.deepEqual(results.map(told), [
      'ok answered 10.98.0.10 UDP',
      'ok answered 10.98.0.10 TCP',
      'failed nxdomain 10.98.0.10 UDP',
      'failed nxdomain 10.98.0.10 TCP',
      'ok answered 10.98.0.10 UDP',
      'ok answered 10.98.0.10 TCP',
      'failed nxdomain 10.98.0.10 UDP',
      'failed nxdomain 10.98.0.10 TCP',
      'ok answered',
      'failed refused',
      'failed refused',
      'failed refused',
      'failed refused',
      'failed refused',
      'failed timeout',
      'failed timeout',
      'ok connected',
      'failed unresolved',
      // No request without a connection, no packet sizes where nothing is let in.
    ]);
    assert.equal(results[0]?.text, 'status: NOERROR\nweb.lab.svc.cluster.local. 30 IN A 10.98.95.149');
    assert.equal(results[9]?.text, 'nc: connect to 10.98.95.149 port 80 (tcp) failed: Connection refused');
    assert.deepEqual(listening, []);
  });

  it('reads a resolver that policy drops, by UDP, by TCP and past the Service', () => {
    const checks: ProbeCheck[] = [
      lookup('kubernetes.default.svc'),
      { kind: 'ask', name: 'kubernetes.default.svc', address: '10.242.0.2', port: 53, pod },
      { kind: 'connect', address: 'backend.pol', port: 80, target: { role: 'host', host: 'backend.pol' } },
    ];
    const { results, listening } = parseProbe(checks, fixture('dns-blocked'));
    assert.deepEqual(results.map(told), [
      'failed timeout 10.98.0.10 UDP',
      'failed timeout 10.98.0.10 TCP',
      'failed timeout',
      'inconclusive out-of-time',
    ]);
    assert.match(results[1]?.text ?? '', /^Connection to 10\.98\.0\.10#53.* failed: timed out/);
    assert.deepEqual(
      listening?.map(({ address, port, scope }) => `${address} ${port} ${scope}`),
      [':: 8080 any'],
    );
  });

  it('reads an address where nothing answers DNS as refused', () => {
    const check: ProbeCheck = {
      kind: 'ask',
      name: 'kubernetes.default.svc',
      address: '10.242.0.4',
      port: 53,
      pod,
    };
    const { results } = parseProbe([check], fixture('dns-refused'));
    assert.deepEqual(results.map(told), ['failed refused']);
  });
});

describe('what is cut off or not understood is inconclusive', () => {
  const [one] = [connect('10.0.0.1', 80)];
  const outcomes = (output: string): string[] => parseProbe([one], output).results.map(told);

  it('nothing at all', () => assert.deepEqual(outcomes(''), ['inconclusive not-run']));
  it('a record without its end', () =>
    assert.deepEqual(outcomes('\u001e>0\nConnection to 10.0.0.1 80 port succeeded!\n'), [
      'inconclusive not-run',
    ]));
  it('a step that was skipped for time', () =>
    assert.deepEqual(outcomes('\u001e>0\n\u001e<0 skipped\n\u001e.\n'), ['inconclusive not-run']));
  it('a tool that is missing', () =>
    assert.deepEqual(
      outcomes(
        "\u001e>0\ntimeout: failed to run command '/usr/bin/nc': No such file or directory\n\u001e<0 127\n",
      ),
      ['inconclusive tool'],
    ));
  it("BusyBox's nc, whose exit code is that of a refusal", () =>
    assert.deepEqual(
      outcomes("\u001e>0\nnc: invalid option -- 'z'\nBusyBox v1.35.0 multi-call binary.\n\u001e<0 1\n"),
      ['inconclusive tool'],
    ));
  it('records that another text is mixed into', () => {
    const noise =
      'garbage\u001e<7 0\n\u001e>x\n\u001e\u001e>0\nnc: connect to 10.0.0.1 port 80 (tcp) failed: Connection refused\n\u001e<0 1\n';
    assert.deepEqual(outcomes(noise), ['failed refused']);
  });
});

describe('single tools', () => {
  it('keeps the answers of a resolver apart', () => {
    const symptom = (status: string): string =>
      readDig({ text: `;; ->>HEADER<<- opcode: QUERY, status: ${status}, id: 1`, code: 0 }).symptom;
    assert.deepEqual(['NXDOMAIN', 'SERVFAIL', 'REFUSED', 'NOERROR'].map(symptom), [
      'nxdomain',
      'servfail',
      'query-refused',
      'no-records',
    ]);
  });

  it('does not take the warnings of dig for trouble', () => {
    const text =
      ';; WARNING: recursion requested but not available\n;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 1\n; name not found\n';
    assert.equal(readDig({ text, code: 0 }).outcome, 'failed');
  });

  it('reads the ways a connection fails', () => {
    const nc = (words: string): string =>
      readConnect({ text: `nc: connect to 10.0.0.1 port 80 (tcp) failed: ${words}\n`, code: 1 }).symptom;
    assert.deepEqual(['Connection refused', 'No route to host', 'Network is unreachable'].map(nc), [
      'refused',
      'no-route',
      'no-route',
    ]);
    assert.equal(readConnect({ text: 'Operation not permitted', code: 1 }).outcome, 'inconclusive');
    assert.equal(readConnect({ text: '', code: 124 }).symptom, 'out-of-time');
  });

  it('asks curl what happened behind the connection', () => {
    const curl = (said: object, code: number) =>
      readHttp({ text: `curl: (${code}) words\n${JSON.stringify(said)}`, code });
    assert.equal(curl({ exitcode: 0, http_code: 503 }, 0)?.text, 'HTTP 503');
    assert.equal(curl({ exitcode: 28, errormsg: 'timed out', time_connect: 0.01 }, 28)?.symptom, 'no-answer');
    assert.equal(curl({ exitcode: 28, errormsg: 'timed out', time_connect: 0 }, 28), undefined);
    assert.equal(curl({ exitcode: 52, errormsg: 'Empty reply from server' }, 52)?.symptom, 'reset');
    assert.equal(readHttp({ text: 'not json', code: 2 })?.outcome, 'inconclusive');
  });

  it('finds the size that is lost without a word, and no other reason to complain', () => {
    const back = (size: number) => ({
      size,
      step: { text: `${size + 8} bytes from 10.0.0.1: icmp_seq=1`, code: 0 },
    });
    const lost = (size: number) => ({
      size,
      step: {
        text: `PING 10.0.0.1 ${size}(${size + 28}) bytes of data.\n1 packets transmitted, 0 received, 100% packet loss`,
        code: 1,
      },
    });
    assert.equal(readPackets([back(56), back(1472)]).outcome, 'ok');
    assert.equal(readPackets([back(56), back(1372), lost(1422), lost(1472)]).symptom, 'too-big');
    assert.equal(readPackets([lost(56), lost(1472)]).outcome, 'inconclusive');
    const told = {
      size: 1472,
      step: { text: 'From 10.244.1.1 icmp_seq=1 Frag needed and DF set (mtu = 1400)', code: 1 },
    };
    assert.equal(readPackets([back(56), told]).outcome, 'ok');
    assert.equal(
      readPackets([{ size: 56, step: { text: "ping: invalid option -- 'M'", code: 1 } }]).symptom,
      'tool',
    );
  });

  it('reads the addresses of sockets', () => {
    const row = (address: string, state = '0A'): string =>
      `   0: ${address}:1F90 00000000:0000 ${state} 00000000:00000000 00:00000000`;
    const read = (line: string) =>
      readListeners({ text: `  sl  local_address\n${line}\n`, code: 0 })?.map(
        ({ address, scope, port }) => `${address} ${port} ${scope}`,
      );
    assert.deepEqual(read(row('0100007F')), ['127.0.0.1 8080 loopback']);
    assert.deepEqual(read(row('00000000')), ['0.0.0.0 8080 any']);
    assert.deepEqual(read(row('0300F20A')), ['10.242.0.3 8080 address']);
    assert.deepEqual(read(row('00000000000000000000000001000000')), ['::1 8080 loopback']);
    assert.deepEqual(read(row('0000000000000000FFFF00000100007F')), ['127.0.0.1 8080 loopback']);
    assert.deepEqual(read(row('0100007F', '01')), []);
    assert.equal(readListeners({ text: 'cat: /proc/net/tcp: Permission denied', code: 1 }), undefined);
  });
});
