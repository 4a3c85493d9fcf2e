/** Commands of the Cluster view: what is looked at, and reading single objects. */
import * as vscode from 'vscode';
import { fillTemplate } from '../../../server/src/core/finding.ts';
import type { WorkloadRow } from '../../../server/src/protocol.ts';
import { openDeclaration } from '../cluster/declaration.ts';
import type { LiveDocuments } from '../cluster/liveDocuments.ts';
import type { ClusterModel } from '../cluster/model.ts';
import { isClusterRow, objectOf } from '../cluster/nodes.ts';
import { pickSnapshotFolder, snapshotSource } from '../cluster/snapshot.ts';
import type { ClusterView } from '../cluster/view.ts';
import { askContext, askNamespace, type Target } from '../picker/questions.ts';
import { runSteps } from '../picker/steps.ts';
import type { Targets } from '../picker/target.ts';
import type { Server } from '../server/connection.ts';
import { SUBJECT_KINDS } from '../troubleshoot/troubleshoot.ts';
import type { Handlers } from './handlers.ts';

const { t } = vscode.l10n;

export function clusterCommands(
  server: Server,
  view: ClusterView,
  targets: Targets,
  documents: LiveDocuments,
): Handlers {
  const { model } = view;
  const readable = async (argument: unknown, title: string): Promise<Target | undefined> =>
    targets.resolve(argument, { title, kinds: [...SUBJECT_KINDS, 'ReplicationController'] });

  async function switchContext(): Promise<void> {
    const title = t('Switch Context');
    const start = { source: model.source };
    const picked = await runSteps(start, [
      async () => {
        const answer = await askContext(server, { title, step: 1, of: 2 }, model.source);
        return answer.kind === 'chosen' ? { kind: 'chosen', value: { source: answer.value } } : answer;
      },
      async ({ source }) => {
        if (!source) return { kind: 'back' };
        const answer = await askNamespace(server, { title, step: 2, of: 2 }, source, undefined);
        return answer.kind === 'chosen' ? { kind: 'chosen', value: { source: answer.value } } : answer;
      },
    ]);
    if (picked?.source && picked !== start) await view.show(picked.source);
  }

  async function switchNamespace(): Promise<void> {
    const source = await view.ensureSource();
    if (!source) return switchContext();
    const place = { title: t('Switch Namespace'), step: 1, of: 1 };
    const answer = await askNamespace(server, place, source, undefined);
    if (answer.kind === 'chosen') await view.show(answer.value);
  }

  async function filter(): Promise<void> {
    const box = vscode.window.createInputBox();
    const before = model.filter;
    box.title = t('Filter Cluster View');
    box.placeholder = t('Part of a name, a kind or a state');
    box.value = before;
    // The tree follows the typing; closing the box without Enter takes it back.
    box.onDidChangeValue((text) => model.setFilter(text));
    let accepted = false;
    box.onDidAccept(() => {
      accepted = true;
      box.hide();
    });
    box.onDidHide(() => {
      if (!accepted) model.setFilter(before);
      box.dispose();
    });
    box.show();
  }

  async function openSnapshot(folder?: unknown): Promise<void> {
    const path = typeof folder === 'string' ? folder : await pickSnapshotFolder();
    const source = path && (await snapshotSource(server, path));
    if (source) await view.show(source);
  }

  async function chooseKubeconfig(): Promise<void> {
    const [file] =
      (await vscode.window.showOpenDialog({ title: t('Kubeconfig to read'), canSelectMany: false })) ?? [];
    if (!file) return;
    const settings = vscode.workspace.getConfiguration('podTriage');
    // The setting belongs to the machine: a workspace must not choose programs to run.
    await settings.update('cluster.kubeconfig', file.fsPath, vscode.ConfigurationTarget.Global);
    await switchContext();
  }

  async function read(what: 'manifest' | 'events', argument: unknown, title: string): Promise<void> {
    const target = await readable(argument, title);
    if (target) await documents.show({ what, source: target.source, ref: target.subject });
  }

  async function showMore(given: unknown): Promise<void> {
    const workload = given === undefined ? await pickLongWorkload(model) : (given as WorkloadRow);
    if (workload) model.showMore(workload);
  }

  return {
    refreshCluster: () => view.refresh(),
    switchContext,
    switchNamespace,
    filterCluster: filter,
    clearFilter: () => model.setFilter(''),
    openSnapshot,
    chooseKubeconfig,
    showMore,
    showManifest: (argument) => read('manifest', argument, t('Show Live Manifest')),
    showEvents: (argument) => read('events', argument, t('Show Events')),
    openDeclaration: async (argument) => {
      const target = await readable(argument, t('Open Declaring Manifest'));
      if (target) await openDeclaration(server, target);
    },
    copyName: async (row) => {
      // A row may stand for what no picker offers, a node for one.
      const object = isClusterRow(row) ? objectOf(row) : (await readable(row, t('Copy Name')))?.subject;
      if (object) await vscode.env.clipboard.writeText(object.name);
    },
    runAction: (run) => (typeof run === 'function' ? run() : undefined),
  };
}

/** A workload whose pods are not all in the view. Undefined: the list was closed, or all are, which is said. */
async function pickLongWorkload(model: ClusterModel): Promise<WorkloadRow | undefined> {
  const choices = model.cutOff.map(({ workload, rest }) => ({
    label: workload.ref.name,
    description: workload.ref.kind,
    detail: fillTemplate(t('{count} more {count:pod|pods}'), { count: rest }),
    workload,
  }));
  if (choices.length === 0) {
    void vscode.window.showInformationMessage(t('The Cluster view shows every pod of its workloads.'));
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick(choices, { title: t('Show More Pods') });
  return chosen?.workload;
}
