/** Commands of logs: which containers, from when, and whether they are followed. */
import * as vscode from 'vscode';
import { LIVE_SCHEME, type LiveDocuments, type LogDocument } from '../cluster/liveDocuments.ts';
import { asksAgain, inOneLine } from '../failure.ts';
import type { Target } from '../picker/questions.ts';
import type { Targets } from '../picker/target.ts';
import type { Server } from '../server/connection.ts';
import type { Handlers } from './handlers.ts';

const { t } = vscode.l10n;

export function logCommands(server: Server, targets: Targets, documents: LiveDocuments): Handlers {
  async function show(
    argument: unknown,
    title: string,
    { previous = false, following = false } = {},
  ): Promise<void> {
    const target = await targets.resolve(argument, { title, kinds: ['Pod'] });
    const containers = target && (await pickContainers(target, title));
    if (!target || !containers) return;
    const { source, subject } = target;
    await documents.show({ what: 'logs', source, ref: subject, containers, previous }, following);
  }

  /** The only container, the one that is chosen, or all of them. */
  async function pickContainers(target: Target, title: string): Promise<string[] | undefined> {
    const { source, subject } = target;
    const namespace = subject.namespace ?? source.namespace;
    const answer = await server.ask('podTriage/pods', {
      source: { ...source, namespace },
      offset: 0,
      limit: 5000,
    });
    if (!answer.ok) {
      return (await asksAgain(answer.failure)) ? pickContainers(target, title) : undefined;
    }
    const containers = answer.value.pods.find(({ ref }) => ref.name === subject.name)?.containers;
    if (!containers) {
      void vscode.window.showInformationMessage(
        t('Pod {0} is gone; its logs went with it.', inOneLine(`${namespace}/${subject.name}`)),
      );
      return undefined;
    }
    if (containers.length < 2) return containers;
    const all = { label: t('All Containers'), description: containers.join(', '), containers };
    const single = containers.map((name) => ({ label: name, containers: [name] }));
    const chosen = await vscode.window.showQuickPick([...single, all], {
      title,
      placeHolder: t('Container'),
    });
    return chosen?.containers;
  }

  /** The log in the editor that a button belongs to, or in the one in front. */
  function shown(argument: unknown): { uri: vscode.Uri; log: LogDocument } | undefined {
    const uri =
      argument instanceof vscode.Uri && argument.scheme === LIVE_SCHEME
        ? argument
        : argument === undefined
          ? vscode.window.activeTextEditor?.document.uri
          : undefined;
    const log = uri && documents.logAt(uri);
    return uri && log ? { uri, log } : undefined;
  }

  async function since(argument: unknown): Promise<void> {
    const found = shown(argument);
    if (!found) return;
    const minutes = (count: number, label: string) => ({ label, sinceSeconds: count * 60 });
    const chosen = await vscode.window.showQuickPick(
      [
        minutes(5, t('Last 5 Minutes')),
        minutes(30, t('Last 30 Minutes')),
        minutes(120, t('Last 2 Hours')),
        minutes(1440, t('Last 24 Hours')),
        { label: t('The Last 2,000 Lines, from Any Time'), sinceSeconds: undefined },
      ],
      { title: t('Show Logs Since') },
    );
    if (!chosen) return;
    const { sinceSeconds: _before, ...log } = found.log;
    const { sinceSeconds } = chosen;
    const following = documents.isFollowing(found.uri);
    await documents.show(sinceSeconds === undefined ? log : { ...log, sinceSeconds }, following);
  }

  return {
    showLogs: (argument) => show(argument, t('Show Logs')),
    showPreviousLogs: (argument) => show(argument, t('Show Logs of the Previous Run'), { previous: true }),
    followLogs: (argument) => {
      const found = shown(argument);
      if (found && !found.log.previous) return documents.follow(found.uri);
      return show(argument, t('Follow Logs'), { following: true });
    },
    stopFollowingLogs: (argument) => {
      const found = shown(argument);
      if (found) documents.stop(found.uri);
    },
    refreshLogs: (argument) => {
      const uri = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
      if (uri?.scheme === LIVE_SCHEME) documents.refresh(uri);
    },
    showLogsSince: since,
  };
}
