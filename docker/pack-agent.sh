#!/bin/sh
# Puts Node.js and git with all of their libraries into one folder that runs in a container of any Linux image of the same
# architecture, whatever C library that has, and even where it has nothing at all:
#   pack-agent.sh FOLDER APP   (APP: with the node_modules whose native parts need libraries, too)
# In the container the folder must be /sluice: that is where the programs look for their libraries. Needs patchelf.
set -eu
target=$1
app=$2
home=/sluice
core="$target/libexec/git-core"
mkdir -p "$target/bin" "$target/lib" "$target/etc" "$core"

cp "$(command -v node)" "$target/bin/node"
cp "$(command -v git)" "$core/git"
cp "$(git --exec-path)/git-remote-http" "$core/git-remote-http"
ln -sf git-remote-http "$core/git-remote-https"
cp /etc/ssl/certs/ca-certificates.crt "$target/etc/ca-certificates.crt"

# what ldd names: `lib => /path (…)`, and the loader as `/path (…)`; it fails on what is built for another system
libraries_of() {
  for file in "$@"; do
    { ldd "$file" 2>/dev/null || true; } | sed -n 's/.*=> \(\/[^ ]*\) (.*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p'
  done | grep -v "^$app/" | sort -u
}
loader=$(basename "$(patchelf --print-interpreter "$target/bin/node")")
natives=$(find "$app/node_modules" \( -name '*.node' -o -name '*.so' -o -name '*.so.*' \) -type f)

libraries_of "$target/bin/node" "$core/git" "$core/git-remote-http" $natives | while read -r library; do
  cp -L "$library" "$target/lib/"
done
# native parts look for libraries beside themselves only: Node.js brings those of the system with it
for library in $(libraries_of $natives); do
  name=$(basename "$library")
  [ "$name" = "$loader" ] || patchelf --add-needed "$name" "$target/bin/node"
done
for program in "$target/bin/node" "$core/git" "$core/git-remote-http"; do
  patchelf --set-interpreter "$home/lib/$loader" --force-rpath --set-rpath "$home/lib" "$program"
done

cat >"$target/bin/git" <<END
#!$home/bin/node
const { spawn } = require('node:child_process');
const env = {
  GIT_SSL_CAINFO: '$home/etc/ca-certificates.crt',
  ...process.env,
  GIT_EXEC_PATH: '$home/libexec/git-core',
  GIT_TEMPLATE_DIR: '',
};
const git = spawn('$home/libexec/git-core/git', process.argv.slice(2), { stdio: 'inherit', env });
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => git.kill(signal));
git.on('error', (error) => {
  process.stderr.write(error.message + '\n');
  process.exit(127);
});
git.on('exit', (code) => process.exit(code === null ? 1 : code));
END
chmod 755 "$target/bin/git"
