/** Endings before the first instruction: the runtime, or the kernel for it, could not run the program. */
import type { ContainerFact, Termination } from '../../containers.ts';
import { endedLog } from '../../evidence.ts';
import { lastLines } from '../../logText.ts';
import type { Scene } from '../../scene.ts';
import { command, type Ending, isStartError, messageOf, type Row } from './endingRow.ts';
import { isTextVolume, mountedText, mountOf } from './files.ts';

/** runc 1.4 has a phrase between the error and `exec:`; the quoted program and the tail are the same everywhere. */
const NOT_FOUND =
  /exec: "(?<program>[^"]*)": (?:executable file not found in \$PATH|stat [^:]*: no such file or directory|no such file or directory)|exec (?<script>\/\S+): no such file or directory/;
const NOT_EXECUTABLE =
  /exec: "(?<program>[^"]*)": (?:stat [^:]*: )?permission denied|exec: "(?<folder>[^"]*)": is a directory/;
const WRONG_FORMAT = /exec format error/;

/**
 * What runc 1.2 and newer write to the container's log when execve fails: the file is there and may be executed, which
 * runc has looked at before; the container then ends with 255.
 */
const EXEC_FAILED = /^exec (?<program>\/\S+): (?<why>exec format error|no such file or directory)$/;

/** The last of runc's nested causes, without the wrapping of shim and runtime. */
function tailOf(message: string): string {
  const tail =
    /(?:error during container init|unable to start container process|OCI runtime create failed): (?<tail>(?!.*(?:error during container init|unable to start container process): ).*)$/s.exec(
      message.trim(),
    )?.groups?.tail;
  return (tail ?? message)
    .trim()
    .replace(/: unknown$/, '')
    .replace(/\.$/, '');
}

/** The mount that runc could not make. The kubelet makes a folder of a subPath that is not there. */
function overFile({ fact: { spec }, ended }: Ending): {
  at: number;
  file: string;
  volume: string;
  subPath: string;
} {
  const file = /to rootfs at "(?<file>[^"]+)"/.exec(messageOf(ended))?.groups?.file ?? '';
  const mounts = spec.volumeMounts ?? [];
  const at = Math.max(
    mounts.findIndex(({ mountPath }) => mountPath === file),
    0,
  );
  return { at, file, volume: mounts[at]?.name ?? '?', subPath: mounts[at]?.subPath ?? '?' };
}

/** The program that the kernel refused to run, and why, by the last line of the log. */
function execFailure(
  fact: ContainerFact,
  ended: Termination,
  scene: Scene,
): { program: string; why: string } | undefined {
  if (ended.exitCode !== 255 && ended.exitCode !== 1) return undefined;
  const [line = ''] = lastLines(endedLog(scene, fact)?.text ?? '', 1);
  const { program, why } = EXEC_FAILED.exec(line.trim())?.groups ?? {};
  return program && why ? { program, why } : undefined;
}

const isWrongFormat = (ended: Termination, fact: ContainerFact, scene: Scene): boolean =>
  WRONG_FORMAT.test(messageOf(ended)) || WRONG_FORMAT.test(execFailure(fact, ended, scene)?.why ?? '');

/** What the first line of a mounted script says that runs it; a carriage return at its end is part of the name. */
function interpreterOf(fact: ContainerFact, ended: Termination, scene: Scene): string | undefined {
  const program = execFailure(fact, ended, scene)?.program;
  const text = program && mountedText(scene, fact, program);
  return text
    ? /^#! *(?<interpreter>[^ \n]+)/.exec(text)?.groups?.interpreter?.replaceAll('\r', '\\r')
    : undefined;
}

export const START_ROWS: readonly Row[] = [
  {
    id: 'script-without-shebang',
    case: 'command-not-found',
    step: 'started',
    confidence: 'certain',
    // What a ConfigMap or Secret mounts is text: no program for another architecture.
    when: (ended, fact, scene) =>
      isWrongFormat(ended, fact, scene) && isTextVolume(mountOf(fact, programOf(fact, ended, scene))),
    message:
      'Container {container} of {workload} starts {program}, a script whose first line does not name the program that runs it.',
    data: ({ fact, ended }, scene) => ({ program: programOf(fact, ended, scene) }),
  },
  {
    id: 'exec-format-error',
    case: 'image-platform-mismatch',
    step: 'started',
    confidence: 'certain',
    when: isWrongFormat,
    message:
      'The program of container {container} in {workload} is not for the architecture of node {node} ({architecture}): exec format error.',
    field: ['image'],
    data: ({ fact }, scene) => ({
      architecture: architectureOf(fact, scene),
    }),
  },
  {
    id: 'script-interpreter-missing',
    case: 'command-not-found',
    step: 'started',
    confidence: 'likely',
    when: (ended, fact, scene) => /no such file/.test(execFailure(fact, ended, scene)?.why ?? ''),
    message:
      'Container {container} of {workload} starts {program}, which is there; what runs it (the shell of its first line, or a dynamic linker) is not in the image.',
    better: {
      message:
        'Container {container} of {workload} starts {program}, a script for {interpreter}, which its image does not have.',
      when: ({ fact, ended }, scene) => interpreterOf(fact, ended, scene) !== undefined,
    },
    data: ({ fact, ended }, scene) => ({
      program: programOf(fact, ended, scene),
      interpreter: interpreterOf(fact, ended, scene),
    }),
  },
  {
    id: 'exit-127-command-not-found',
    case: 'command-not-found',
    step: 'started',
    confidence: 'certain',
    when: (ended) => (isStartError(ended) && NOT_FOUND.test(messageOf(ended))) || ended.exitCode === 127,
    message: 'Container {container} of {workload} starts {program}, which its image does not have.',
    data: ({ fact, ended }, scene) => ({ program: programOf(fact, ended, scene) }),
  },
  {
    id: 'exit-126-not-executable',
    case: 'command-not-found',
    step: 'started',
    confidence: 'certain',
    when: (ended) => (isStartError(ended) && NOT_EXECUTABLE.test(messageOf(ended))) || ended.exitCode === 126,
    message: 'Container {container} of {workload} starts {program}, which is no program it may execute.',
    data: ({ fact, ended }, scene) => ({ program: programOf(fact, ended, scene) }),
  },
  {
    id: 'subpath-failure',
    case: 'subpath-failure',
    step: 'configured',
    confidence: 'certain',
    when: (ended) => /volume-subpaths/.test(messageOf(ended)) && /not a directory/.test(messageOf(ended)),
    message:
      'Container {container} of {workload} mounts subPath {subPath} of volume {volume} over file {file}, and the volume has no such file.',
    field: (ending) => ['volumeMounts', overFile(ending).at, 'subPath'],
    data: (ending) => overFile(ending),
  },
  {
    id: 'container-start-error',
    case: 'container-start-error',
    step: 'started',
    confidence: 'certain',
    when: (ended) => isStartError(ended),
    message: 'Container {container} of {workload} cannot be started: {cause}.',
    data: ({ ended }) => ({ cause: tailOf(messageOf(ended)) }),
  },
];

const architectureOf = ({ pod }: ContainerFact, scene: Scene): string =>
  (
    scene.find('Node', undefined, pod.object.spec?.nodeName ?? '')?.object as
      | { status?: { nodeInfo?: { architecture?: string } } }
      | undefined
  )?.status?.nodeInfo?.architecture ?? '?';

/** The program a start failed on: runc names it; a shell's 126 and 127 name it in the log. */
function programOf(fact: ContainerFact, ended: Termination, scene: Scene): string {
  const groups = (NOT_FOUND.exec(messageOf(ended)) ?? NOT_EXECUTABLE.exec(messageOf(ended)))?.groups;
  const named = groups?.program ?? groups?.script ?? groups?.folder;
  if (named) return named;
  const refused = execFailure(fact, ended, scene);
  if (refused) return refused.program;
  const log = endedLog(scene, fact);
  const line = log && lastLines(log.text, 5).find((text) => /not found|permission denied/i.test(text));
  const word = line && /(?:^|[\s:])([^\s:]+): (?:command )?(?:not found|Permission denied)/i.exec(line)?.[1];
  return word ?? command(fact);
}
