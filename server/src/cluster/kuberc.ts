/**
 * The policy for credential plugins in kubectl's preferences file. It can only tighten what we allow.
 * https://kubernetes.io/docs/reference/kubectl/kuberc/
 */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseDocument } from 'yaml';
import { findExecutable } from './findExecutable.ts';
import type { Environment } from './kubeconfig.ts';

export type PluginPolicy =
  | { kind: 'allow-all' }
  | { kind: 'deny-all' }
  | { kind: 'allow'; commands: string[] };

/** Reads the policy; a file that is absent or unreadable as YAML allows everything, as kubectl does without one. */
export async function readPluginPolicy({ env, home }: Environment): Promise<PluginPolicy> {
  const path = env.KUBERC ?? join(home, '.kube', 'kuberc');
  if (path === 'off') return { kind: 'allow-all' };
  let data: Record<string, unknown> | null;
  try {
    const text = await readFile(path, 'utf8');
    data = parseDocument(text, { logLevel: 'silent' }).toJS({ maxAliasCount: 100 }) as typeof data;
  } catch {
    return { kind: 'allow-all' };
  }
  const policy = data?.credentialPluginPolicy;
  if (policy === 'DenyAll') return { kind: 'deny-all' };
  if (policy !== 'Allowlist') return { kind: 'allow-all' };
  const list = data?.credentialPluginAllowlist;
  const commands = (Array.isArray(list) ? list : []).flatMap((entry: Record<string, unknown> | null) => {
    // 1.35 calls the field `name`, 1.36 `command`.
    const command = entry?.command ?? entry?.name;
    return typeof command === 'string' ? [command] : [];
  });
  return { kind: 'allow', commands };
}

/** True when the policy lets the command run. Both sides are resolved to files before they are compared. */
export async function policyAllows(
  policy: PluginPolicy,
  command: string,
  searchPath: string | undefined,
): Promise<boolean> {
  if (policy.kind !== 'allow') return policy.kind === 'allow-all';
  const file = await findExecutable(command, searchPath);
  if (file === undefined) return false;
  for (const allowed of policy.commands) {
    if (basename(allowed) !== basename(command)) continue;
    if ((await findExecutable(allowed, searchPath)) === file) return true;
  }
  return false;
}
