/** A Chromium to drive: the machine's, or Debian's package when that may be installed. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const CANDIDATES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/** Path of a browser; installs Debian's as root. Throws one line that says what to install otherwise. */
export function installBrowser(): string {
  const named = process.env.POD_TRIAGE_CHROMIUM;
  const found = [...(named ? [named] : []), ...CANDIDATES].find((path) => existsSync(path));
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.error('Installing Chromium (once)…');
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
    execFileSync(
      'apt-get',
      ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-noto-cjk', 'fonts-dejavu-core'],
      { stdio: 'ignore' },
    );
    return installBrowser();
  }
  throw new Error(
    'The editor tests need Chromium: install the package chromium, or name one in POD_TRIAGE_CHROMIUM.',
  );
}

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: installBrowser(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
