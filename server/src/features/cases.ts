/** Which rules there are, and which a case explains: its page offers to turn them on. */
import type { Connection } from 'vscode-languageserver';
import { effectiveRule } from '../core/lint/config.ts';
import { RULES } from '../core/lint/rules/index.ts';
import type { Requests } from '../protocol.ts';
import type { Server } from '../server.ts';

type Rules = Requests['podTriage/rules'];

export function registerCases(connection: Connection, server: Server): void {
  connection.onRequest('podTriage/rules', async ({ caseId }: Rules['params']): Promise<Rules['result']> => {
    const [folder] = (await connection.workspace.getWorkspaceFolders()) ?? [];
    const { config } = await server.settings.of(folder ? `${folder.uri}/workspace.yaml` : '');
    const rules = RULES.filter((rule) => caseId === undefined || rule.case === caseId);
    return {
      ok: true,
      value: rules.map((rule) => ({
        id: rule.id,
        caseId: rule.case,
        enabled: effectiveRule(rule, config.profile, [config.rules?.[rule.id]]) !== undefined,
      })),
    };
  });
}
