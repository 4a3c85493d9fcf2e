/** Finds the file that a command names, as the system would. */
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** The absolute path of a command; undefined when nothing executable is there. A name with a path is taken as it is. */
export async function findExecutable(
  command: string,
  searchPath = process.env.PATH,
): Promise<string | undefined> {
  if (isAbsolute(command)) return (await isExecutable(command)) ? command : undefined;
  const endings = process.platform === 'win32' ? ['', '.exe', '.com'] : [''];
  for (const folder of (searchPath ?? '').split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    for (const ending of endings) {
      const file = join(folder, command + ending);
      if (await isExecutable(file)) return file;
    }
  }
  return undefined;
}

const isExecutable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
