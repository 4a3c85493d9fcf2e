import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Built, moveUnlessThere } from './build.ts';
import { cacheDir, imageRef } from './layout.ts';
import { run } from './run.ts';

interface ImageConfig {
  Entrypoint?: string[];
  Cmd?: string[];
  Env?: string[];
  WorkingDir?: string;
}

export interface Image {
  name: string;
  /** OCI layout: what the registry serves and what containerd imports as a tar. */
  folder: string;
  archive: string;
}

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Images that hold one static program and nothing else: no shell, like many in the field. */
const PROGRAM_IMAGES = ['app', 'pause', 'coredns'] as const;

const TOOLBOX_PACKAGES = [
  'bind9-dnsutils',
  'ca-certificates',
  'curl',
  'iproute2',
  'iputils-ping',
  'netcat-openbsd',
  'openssl',
  'procps',
  'tcpdump',
];

export async function buildImages(built: Built, say: (line: string) => void): Promise<Image[]> {
  const images: Image[] = [];
  for (const name of PROGRAM_IMAGES) images.push(await programImage(name, built[name] ?? ''));
  images.push(await toolboxImage(say));
  return images;
}

const imageAt = (name: string, key: string): Image => {
  const folder = join(cacheDir, 'images', `${name}-${key}`);
  return { name, folder, archive: join(folder, 'image.tar') };
};

function programImage(name: string, programFolder: string): Promise<Image> {
  const key = createHash('sha256').update(`1 ${name} ${programFolder}`).digest('hex').slice(0, 12);
  return once(imageAt(name, key), async (work) => {
    const root = join(work, 'root');
    mkdirSync(join(root, 'tmp'), { recursive: true });
    chmodSync(join(root, 'tmp'), 0o1777);
    copyFileSync(join(programFolder, name), join(root, name));
    chmodSync(join(root, name), 0o755);
    const layer = join(work, 'layer.tar');
    await run([
      'tar',
      '-C',
      root,
      '--sort=name',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '--mtime=@0',
      '-cf',
      layer,
      '.',
    ]);
    rmSync(root, { recursive: true });
    return { layer, config: { Entrypoint: [`/${name}`], Env: [PATH], WorkingDir: '/' } };
  });
}

function toolboxImage(say: (line: string) => void): Promise<Image> {
  const recipe = JSON.stringify(['1', TOOLBOX_PACKAGES]);
  const key = createHash('sha256').update(recipe).digest('hex').slice(0, 12);
  return once(imageAt('tools', key), async (work) => {
    say('Building the network tool box from Debian packages (once)');
    const layer = join(work, 'layer.tar');
    const leftOut = ['/usr/share/man/*', '/usr/share/doc/*', '/usr/share/locale/*', '/usr/share/info/*'];
    await run([
      'nice',
      '-n',
      '10',
      'mmdebstrap',
      '--quiet',
      '--variant=essential',
      `--include=${TOOLBOX_PACKAGES.join(',')}`,
      '--aptopt=Apt::Install-Recommends "false"',
      ...leftOut.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
      '--customize-hook=rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/*',
      debianSuite(),
      layer,
    ]);
    return { layer, config: { Cmd: ['/bin/bash'], Env: [PATH], WorkingDir: '/' } };
  });
}

/** The release of this machine: its archive keys are installed here, those of a newer one may not be. */
function debianSuite(): string {
  return /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'stable';
}

/** Makes an image in a folder of its own and moves it into the cache when it is complete. */
async function once(
  image: Image,
  make: (work: string) => Promise<{ layer: string; config: ImageConfig }>,
): Promise<Image> {
  if (existsSync(image.archive)) return image;
  mkdirSync(join(cacheDir, 'work'), { recursive: true });
  mkdirSync(join(cacheDir, 'images'), { recursive: true });
  const work = mkdtempSync(join(cacheDir, 'work', 'image-'));
  try {
    const { layer, config } = await make(work);
    const layout = join(work, 'layout');
    await writeLayout(image.name, layer, config, layout);
    moveUnlessThere(layout, image.folder);
    return image;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function writeLayout(name: string, layer: string, config: ImageConfig, layout: string): Promise<void> {
  const blobs = join(layout, 'blobs', 'sha256');
  mkdirSync(blobs, { recursive: true });

  const compressed = `${layer}.gz`;
  await pipeline(createReadStream(layer), createGzip({ level: 3 }), createWriteStream(compressed));
  const layerDigest = await digestOf(compressed);
  const layerSize = statSync(compressed).size;
  const diffId = `sha256:${await digestOf(layer)}`;
  renameSync(compressed, join(blobs, layerDigest));

  const put = (value: unknown) => {
    const text = JSON.stringify(value);
    const digest = createHash('sha256').update(text).digest('hex');
    writeFileSync(join(blobs, digest), text);
    return { digest: `sha256:${digest}`, size: Buffer.byteLength(text) };
  };
  const architecture = arch() === 'x64' ? 'amd64' : arch();
  const configBlob = put({
    architecture,
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: [diffId] },
  });
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = put({
    schemaVersion: 2,
    mediaType,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...configBlob },
    layers: [
      {
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        digest: `sha256:${layerDigest}`,
        size: layerSize,
      },
    ],
  });
  const annotations = {
    'io.containerd.image.name': imageRef(name),
    'org.opencontainers.image.ref.name': '1',
  };
  writeFileSync(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  writeFileSync(
    join(layout, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType, ...manifest, annotations }] }),
  );
  const archive = join(layout, 'image.tar');
  await run(['tar', '-C', layout, '-cf', archive, ...readdirSync(layout).filter((f) => f !== 'image.tar')]);
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** The digest of an image's manifest, as its layout names it. */
export function manifestDigest(folder: string): string {
  const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as {
    manifests: { digest: string }[];
  };
  return index.manifests[0]?.digest ?? '';
}
