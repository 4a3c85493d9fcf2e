/** Image references: `registry:5000/team/app:1.2@sha256:…`. */

export interface ImageReference {
  /** Registry with its port, where one is written. */
  registry?: string;
  /** Path without registry, tag and digest: `team/app`. */
  repository: string;
  tag?: string;
  digest?: string;
}

/**
 * The parts of a reference as it is written, sound or not. The first path segment is a registry when it has a dot or
 * a colon or is `localhost`; a tag follows the last colon of the last segment, a digest the `@`.
 * https://pkg.go.dev/github.com/distribution/reference
 */
export function splitImage(image: string): ImageReference {
  const at = image.indexOf('@');
  const named = at < 0 ? image : image.slice(0, at);
  const slash = named.indexOf('/');
  const first = slash < 0 ? '' : named.slice(0, slash);
  const isRegistry = first === 'localhost' || /[.:]/.test(first);
  const rest = isRegistry ? named.slice(slash + 1) : named;
  const colon = rest.indexOf(':', rest.lastIndexOf('/') + 1);
  return {
    ...(isRegistry ? { registry: first } : {}),
    repository: colon < 0 ? rest : rest.slice(0, colon),
    ...(colon < 0 ? {} : { tag: rest.slice(colon + 1) }),
    ...(at < 0 ? {} : { digest: image.slice(at + 1) }),
  };
}

export type ImageProblem =
  | 'empty'
  | 'blank'
  | 'scheme'
  | 'upperCase'
  | 'registry'
  | 'repository'
  | 'tag'
  | 'digest'
  | 'tooLong';

const REGISTRY =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?$/;
const SEGMENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;
const MAX_NAME = 255;

/** Why a container runtime refuses a reference (InvalidImageName), or undefined when it takes it. */
export function imageProblem(image: string): ImageProblem | undefined {
  if (image === '') return 'empty';
  if (/\s/.test(image)) return 'blank';
  if (/^[a-zA-Z][\w+.-]*:\/\//.test(image)) return 'scheme';
  const { registry, repository, tag, digest } = splitImage(image);
  if (registry !== undefined && !REGISTRY.test(registry)) return 'registry';
  if (digest !== undefined && !DIGEST.test(digest)) return 'digest';
  if (tag !== undefined && !TAG.test(tag)) return 'tag';
  if (repository.split('/').every((segment) => SEGMENT.test(segment)))
    return (registry?.length ?? 0) + repository.length > MAX_NAME ? 'tooLong' : undefined;
  return repository
    .toLowerCase()
    .split('/')
    .every((segment) => SEGMENT.test(segment))
    ? 'upperCase'
    : 'repository';
}

/** True when the reference means `latest`: that tag, or no tag, and no digest that pins it. */
export function isLatest({ tag, digest }: ImageReference): boolean {
  return digest === undefined && (tag === undefined || tag === 'latest');
}

/** The pull policy in effect: the written one, or `Always` for latest and `IfNotPresent` for everything else. */
export const pullPolicyOf = ({
  image,
  imagePullPolicy,
}: {
  image?: string;
  imagePullPolicy?: string;
}): string => imagePullPolicy ?? (isLatest(splitImage(image ?? '')) ? 'Always' : 'IfNotPresent');
