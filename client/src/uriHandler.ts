/**
 * Links from a browser, a CI comment or a chat:
 * `<editor>://pod-triage.pod-triage/case/<id>` opens a case;
 * `<editor>://pod-triage.pod-triage/diagnose?context=C&namespace=N&kind=Deployment&name=checkout` diagnoses, after
 * the user has agreed: whoever wrote the link must not make anybody's editor talk to a cluster.
 */
import * as vscode from 'vscode';
import { formatRef } from '../../server/src/core/kube/ref.ts';
import type { CasePanels } from './cases/panel.ts';
import { isProduction } from './cluster/source.ts';
import { kubeconfigParams } from './cluster/view.ts';
import { showFailure } from './failure.ts';
import type { Target } from './picker/questions.ts';
import type { Reports } from './report/reports.ts';
import { SUBJECT_KINDS } from './troubleshoot/troubleshoot.ts';

export interface LinkParts {
  cases: Pick<CasePanels, 'open'>;
  reports: Pick<Reports, 'diagnose'>;
}

export function uriHandler({ cases, reports }: LinkParts): vscode.UriHandler {
  return {
    async handleUri({ path, query }) {
      const id = /^\/case\/([a-z0-9-]+)$/.exec(path)?.[1];
      if (id) return void (await cases.open(id));
      const target = path === '/diagnose' ? targetOf(query) : undefined;
      if (!target) return void vscode.window.showErrorMessage(REFUSED());
      if (!vscode.workspace.isTrusted)
        return showFailure({
          code: 'untrusted',
          message: vscode.l10n.t('The link asks for a cluster, and this workspace is not trusted.'),
        });
      if (await agreed(target)) await reports.diagnose(target);
    },
  };
}

const REFUSED = (): string =>
  vscode.l10n.t('The link is not one that Pod Triage can follow: a name in it is missing or not valid.');

/** A label and a name of Kubernetes; contexts are called what their authors like, within reason. */
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const CONTEXT = /^[\w@%+=:,./-]{1,253}$/;
const KNOWN = new Set(['context', 'namespace', 'kind', 'name']);

/** Undefined unless every part is there once and is what it says, and nothing else is. */
export function targetOf(query: string): Target | undefined {
  const given = new URLSearchParams(query);
  const keys = [...given.keys()];
  if (new Set(keys).size !== keys.length || !keys.every((key) => KNOWN.has(key))) return undefined;
  const [context, namespace, kind, name] = [...KNOWN].map((key) => given.get(key) ?? '');
  if (!context || !CONTEXT.test(context) || !name || !NAME.test(name)) return undefined;
  if (!kind || !SUBJECT_KINDS.includes(kind)) return undefined;
  if (kind === 'Node') {
    if (namespace) return undefined;
    return { source: sourceIn(context, 'default'), subject: { kind, name } };
  }
  if (!namespace || !LABEL.test(namespace)) return undefined;
  return { source: sourceIn(context, namespace), subject: { kind, namespace, name } };
}

const sourceIn = (context: string, namespace: string): Target['source'] => ({
  kind: 'context',
  context,
  namespace,
  ...kubeconfigParams(),
});

async function agreed({ source, subject }: Target): Promise<boolean> {
  const diagnose = vscode.l10n.t('Diagnose');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('A link asks to diagnose {0}.', formatRef(subject)),
    {
      modal: true,
      detail: [
        isProduction(source) && vscode.l10n.t('This is a production context.'),
        source.kind === 'context' && vscode.l10n.t('Context: {0}', source.context),
        vscode.l10n.t('The cluster would be read, nothing would be written.'),
      ]
        .filter((line) => line !== false)
        .join('\n'),
    },
    diagnose,
  );
  return chosen === diagnose;
}
