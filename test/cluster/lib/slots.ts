import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, planOf, SLOTS } from './layout.ts';
import { networkDown, slotsInUse } from './network.ts';
import { SetupError } from './setupError.ts';

/** Which checkout has which addresses. The folder lives as long as the machine is up, like the networks do. */
const FOLDER = '/run/pod-triage';

interface Claim {
  stateDir: string;
  checkout: string;
}

const fileOf = (slot: number): string => join(FOLDER, `slot-${slot}.json`);

function readClaim(slot: number): Claim | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(slot), 'utf8')) as Claim;
  } catch {
    return undefined;
  }
}

/** The slot that this state folder has, or had when it crashed. */
export function claimedSlot(stateDir: string): number | undefined {
  return Array.from({ length: SLOTS }, (_, slot) => slot).find(
    (slot) => readClaim(slot)?.stateDir === stateDir,
  );
}

export async function claimSlot(stateDir: string): Promise<number> {
  mkdirSync(FOLDER, { recursive: true });
  await forgetTheGone();
  const taken: string[] = [];
  const routes = await slotsInUse();
  for (let slot = 0; slot < SLOTS; slot++) {
    const claim = readClaim(slot);
    if (claim) {
      taken.push(`${planOf(slot).nodeRange} by ${claim.checkout}`);
      continue;
    }
    const route = routes.get(slot);
    if (route) {
      taken.push(`${planOf(slot).nodeRange} by this machine's route to ${route}`);
      continue;
    }
    try {
      writeFileSync(fileOf(slot), JSON.stringify({ stateDir, checkout } satisfies Claim), { flag: 'wx' });
      return slot;
    } catch {
      taken.push(`${planOf(slot).nodeRange} by a cluster that is just starting`);
    }
  }
  throw new SetupError(
    `All ${SLOTS} address ranges are taken: ${taken.join('; ')}. Take one of those clusters down.`,
  );
}

/** A claim without its state folder: somebody removed the folder by hand, and the network is still there. */
async function forgetTheGone(): Promise<void> {
  for (let slot = 0; slot < SLOTS; slot++) {
    const claim = readClaim(slot);
    if (!claim || existsSync(claim.stateDir)) continue;
    await networkDown(planOf(slot));
    releaseSlot(slot);
  }
}

export function releaseSlot(slot: number): void {
  rmSync(fileOf(slot), { force: true });
  try {
    rmdirSync(FOLDER);
  } catch {
    // Another checkout has its claim there.
  }
}
