// What dpkg runs around its own work. dpkg leaves the owner and the mode of what is there already: these mend them, as
// src/setup/apply.ts does.
import type { WantedFile } from '../../src/setup/layout.ts';

const HEAD = `#!/bin/sh
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
`;

/**
 * @param folders Cordon's own, each before those in it
 * @param kept what makes the machine a managed one: dpkg puts it in its place when the program has long been there, or never
 * when it must ask about another file and there is nobody to answer
 */
export function preinst(folders: readonly string[], kept: readonly WantedFile[]): string {
  return `${HEAD}
case $1 in install | upgrade) ;; *) exit 0 ;; esac
# From the top: once a folder is root's alone, nobody can swap what is looked at next.
for folder in ${folders.join(' ')}; do
  if [ -L "$folder" ] || { [ -e "$folder" ] && [ ! -d "$folder" ]; }; then
    echo "error: $folder is not a folder: see who put it there, then move it away" >&2
    exit 1
  fi
  [ -d "$folder" ] || continue
  chown root:root "$folder"
  chmod 0755 "$folder"
done
# The first time: a program that came before its policy would be held by none.
[ "$1" = install ] && [ -z "\${2-}" ] || exit 0
umask 022
${kept.map(placed).join('')}`;
}

/** As a whole; with the same content as in the package, so that dpkg finds nothing to ask. */
function placed({ path, content }: WantedFile): string {
  return `if [ ! -e ${path} ] && [ ! -L ${path} ]; then
  mkdir -p ${path.slice(0, path.lastIndexOf('/'))}
  cat > ${path}.dpkg-tmp << 'END'
${content.toString()}END
  mv ${path}.dpkg-tmp ${path}
fi
`;
}

/** @param conffiles which dpkg keeps with the owner and the mode that they have */
export function postinst(conffiles: readonly string[]): string {
  return `${HEAD}
[ "$1" = configure ] || exit 0
for file in ${conffiles.join(' ')}; do
  [ -e "$file" ] || [ -L "$file" ] || continue
  if [ -L "$file" ] || [ ! -f "$file" ]; then
    echo "error: $file is not a regular file: see who put it there, then move it away" >&2
    exit 1
  fi
  # A new file rather than another owner: who has the old one open could still write to it.
  [ "$(stat -c %u:%g:%a:%h "$file")" != 0:0:644:1 ] || continue
  install -o root -g root -m 0644 "$file" "$file.dpkg-tmp"
  mv "$file.dpkg-tmp" "$file"
done
`;
}

/** `remove` leaves policy and store: a machine without the program is still a managed one. */
export const postrm = `${HEAD}
[ "$1" = purge ] || exit 0
rm -rf /opt/cordon /var/lib/cordon /etc/cordon
`;
