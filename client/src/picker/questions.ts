/** The questions the palette asks: which context, which namespace, which object. */
import * as vscode from 'vscode';
import type { Subject } from '../../../server/src/core/diagnosis/observed.ts';
import type { ContextInfo, Requests, Source } from '../../../server/src/protocol.ts';
import { byHealth, healthIcon, healthWord } from '../cluster/health.ts';
import { isProduction } from '../cluster/source.ts';
import { kubeconfigParams } from '../cluster/view.ts';
import { showFailure } from '../failure.ts';
import type { Server } from '../server/connection.ts';
import { type Answer, ask, type Choice } from './steps.ts';

export interface Place {
  title: string;
  step: number;
  of: number;
}

/** Ends a question whose choices could not be read, after saying why. */
class Shown extends Error {}

async function unwrap<T>(
  answer: Promise<{ ok: true; value: T } | { ok: false; failure: Parameters<typeof showFailure>[0] }>,
): Promise<T> {
  const result = await answer;
  if (result.ok) return result.value;
  void showFailure(result.failure);
  throw new Shown();
}

/** Context; a loaded snapshot stays among the choices. */
export function askContext(
  server: Server,
  place: Place,
  current: Source | undefined,
): Promise<Answer<Source>> {
  return ask<Source>({
    ...place,
    placeholder: vscode.l10n.t('Context'),
    choices: async (token) => {
      const answer = await server.ask('podTriage/contexts', kubeconfigParams(), token);
      const snapshot = current?.kind === 'snapshot' ? [snapshotChoice(current)] : [];
      // Somebody who looks at a snapshot may well have no kubeconfig.
      if (!answer.ok && snapshot.length > 0) return snapshot;
      const contexts = await unwrap(Promise.resolve(answer));
      return [...snapshot, ...contexts.map(contextChoice)];
    },
    remembered: ({ value }) =>
      value.kind === 'context' && current?.kind === 'context' && value.context === current.context,
  });
}

function contextChoice({ name, cluster, server, namespace, current, file }: ContextInfo): Choice<Source> {
  const value: Source = {
    kind: 'context',
    context: name,
    namespace: namespace || 'default',
    ...kubeconfigParams(),
  };
  return {
    value,
    label: name,
    description: [cluster !== name && cluster, current && vscode.l10n.t('current')]
      .filter(Boolean)
      .join(' · '),
    detail: `${server} · ${file}`,
    iconPath: isProduction(value)
      ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('problemsWarningIcon.foreground'))
      : new vscode.ThemeIcon('server-environment'),
  };
}

const snapshotChoice = (source: Source & { kind: 'snapshot' }): Choice<Source> => ({
  value: source,
  label: vscode.l10n.t('Snapshot'),
  description: source.folder,
  iconPath: new vscode.ThemeIcon('archive'),
});

export function askNamespace(
  server: Server,
  place: Place,
  source: Source,
  remembered: string | undefined,
): Promise<Answer<Source>> {
  const choice = (name: string): Choice<Source> => ({ label: name, value: { ...source, namespace: name } });
  const detail = vscode.l10n.t('Listing namespaces is forbidden here; type the name of yours.');
  let mayList = true;
  return ask<Source>({
    ...place,
    placeholder: vscode.l10n.t('Namespace'),
    typed: (text) => (mayList || !NAMESPACE.test(text) ? undefined : { ...choice(text), detail }),
    choices: async (token) => {
      const answer = await server.ask('podTriage/namespaces', namespaceParams(source), token);
      // Listing namespaces needs a right that many users do not have; theirs can still be typed.
      mayList = answer.ok || answer.failure.code !== 'forbidden';
      if (!mayList) return [{ ...choice(source.namespace), detail }];
      return (await unwrap(Promise.resolve(answer))).map(choice);
    },
    remembered: ({ value }) => value.namespace === (remembered ?? source.namespace),
  });
}

function namespaceParams(source: Source): Requests['podTriage/namespaces']['params'] {
  if (source.kind === 'snapshot') return { context: '', folder: source.folder };
  const { context, kubeconfig } = source;
  return kubeconfig ? { context, kubeconfig } : { context };
}

const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

export interface Target {
  source: Source;
  subject: Subject;
}

/** An object of the namespace, unhealthy first. */
export function askSubject(
  server: Server,
  place: Place,
  source: Source,
  kinds: string[],
  remembered: Subject | undefined,
): Promise<Answer<Target>> {
  return ask<Target>({
    ...place,
    placeholder: vscode.l10n.t('{0}: which object? Type to filter', source.namespace),
    choices: async (token) => {
      const rows = await unwrap(server.ask('podTriage/subjects', { source, kinds }, token));
      return [...rows].sort(byHealth).map(({ ref, health, status }) => ({
        label: ref.name,
        description: ref.kind,
        detail: [healthWord(health), status].filter(Boolean).join(' · '),
        iconPath: healthIcon(health),
        value: { source, subject: subjectOf(ref) },
      }));
    },
    remembered: ({ value }) =>
      value.subject.kind === remembered?.kind && value.subject.name === remembered.name,
  });
}

export const subjectOf = ({ kind, namespace, name }: Subject): Subject =>
  namespace ? { kind, namespace, name } : { kind, name };
