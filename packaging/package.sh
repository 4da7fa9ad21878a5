#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A .deb (dependencies by dpkg-shlibdeps) and a tarball of the release build.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(sed -n 's/^project(cluster-medic VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
out=build/package; rm -rf "$out"; mkdir -p "$out"
stage=$PWD/$out/cluster-medic_${version}_$(dpkg --print-architecture 2>/dev/null || uname -m)
DESTDIR=$stage cmake --install build/release --prefix /usr --strip >/dev/null
install -Dm644 packaging/cluster-medic.desktop "$stage/usr/share/applications/cluster-medic.desktop"
install -Dm644 resources/icons/cluster-medic.svg "$stage/usr/share/icons/hicolor/scalable/apps/cluster-medic.svg"
tar -C "$stage" -czf "$stage.tar.gz" usr
if command -v dpkg-deb >/dev/null; then
  mkdir -p "$stage/DEBIAN" "$out/debian"; touch "$out/debian/control"
  depends=$(cd "$out" && dpkg-shlibdeps -O "$stage"/usr/bin/* 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
  cat > "$stage/DEBIAN/control" <<EOT
Package: cluster-medic
Version: $version
Architecture: $(dpkg --print-architecture)
Maintainer: Cluster Medic developers <dev@cluster-medic.invalid>
Depends: ${depends}
Recommends: fonts-droid-fallback, fonts-dejavu-core, qt6-translations-l10n
Section: admin
Priority: optional
Description: console for diagnosing Kubernetes clusters over SSH and the apiserver
 Runs diagnostic suites on nodes, follows packets through iptables, IPVS and
 nftables, guides through troubleshooting in Chinese and English, and writes
 an incident report.
EOT
  dpkg-deb --root-owner-group --build "$stage" "$stage.deb" >/dev/null
  rm -rf "$out/debian"
fi
rm -rf "$stage"
ls -la "$out"
