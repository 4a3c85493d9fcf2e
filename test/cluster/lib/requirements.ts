import { existsSync, readdirSync } from 'node:fs';
import { platform } from 'node:os';
import { findCommand, run } from './run.ts';
import { SetupError } from './setupError.ts';

/** What a real cluster takes from the machine, and the Debian package that has it. */
const NEEDED: readonly { what: string; package: string }[] = [
  { what: 'ip', package: 'iproute2' },
  { what: 'nsenter', package: 'util-linux' },
  { what: 'tar', package: 'tar' },
  { what: 'iptables', package: 'iptables' },
  { what: 'ipset', package: 'ipset' },
  { what: 'conntrack', package: 'conntrack' },
  { what: 'mmdebstrap', package: 'mmdebstrap' },
  { what: 'gcc', package: 'gcc' },
  { what: 'pkg-config', package: 'pkg-config' },
  { what: '/usr/include/seccomp.h', package: 'libseccomp-dev' },
];

const isThere = (what: string): boolean =>
  what.startsWith('/') ? existsSync(what) : findCommand(what) !== undefined;

export function requireLinux(): void {
  if (platform() !== 'linux') throw new SetupError('The test cluster runs on Linux only.');
}

export function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new SetupError('A real cluster needs root: run it with sudo, or use --simulated, which does not.');
}

/** Whether a kubelet that is not ours lives here: ours keep only their device-plugins folder in this place. */
export function isKubernetesNode(): boolean {
  const folder = '/var/lib/kubelet';
  return existsSync(folder) && readdirSync(folder).some((name) => name !== 'device-plugins');
}

/** The place of the device plugins' socket is fixed, and every kubelet that starts empties it. */
export function refuseKubernetesNode(): void {
  if (!isKubernetesNode()) return;
  throw new SetupError(
    'This machine is a Kubernetes node already (/var/lib/kubelet is in use): a real cluster would disturb it. Use --simulated.',
  );
}

/** Installs what is missing where that can be done, and says what is missing where it cannot. */
export async function requirePackages(say: (line: string) => void): Promise<void> {
  const missing = NEEDED.filter(({ what }) => !isThere(what)).map((need) => need.package);
  if (missing.length === 0) return;
  if (!findCommand('apt-get')) {
    throw new SetupError(
      `Missing: ${missing.join(', ')} (names of Debian's packages). Install them and run this again.`,
    );
  }
  say(`Installing ${missing.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run(['apt-get', 'update', '-qq'], { env });
  await run(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...missing], { env });
}
