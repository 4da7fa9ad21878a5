#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds a real Kubernetes 1.20 (kube-apiserver, controller-manager, scheduler, kubelet, kube-proxy, kubectl) from
# Debian 12's own source package, with Debian's Go 1.19. About five minutes on two cores, once.
#   build.sh DIR      binaries end up in DIR/bin
set -euo pipefail
dir=$(realpath -m "${1:?usage: build.sh DIR}")
mkdir -p "$dir/bin"
if [ -x "$dir/bin/kube-apiserver" ] && [ -x "$dir/bin/kubelet" ]; then echo "already built: $dir/bin"; exit 0; fi
[ "$(. /etc/os-release; echo "$VERSION_CODENAME")" = bookworm ] || { echo "the source package is Debian 12's; this is another system" >&2; exit 3; }

apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends golang-1.19-go golang-github-modern-go-reflect2-dev etcd-server docker.io \
  containerd runc containernetworking-plugins ebtables socat conntrack busybox-static dpkg-dev gcc libc6-dev >/dev/null

cd "$dir"
if ! ls kubernetes_*.orig.tar.gz >/dev/null 2>&1; then
  # An own list, so that the machine's stays as it is.
  mkdir -p apt/lists/partial
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main" > apt/sources.list
  opts=(-o Dir::Etc::sourcelist="$dir/apt/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$dir/apt/lists")
  apt-get "${opts[@]}" update -qq
  apt-get "${opts[@]}" source -qq --download-only kubernetes
fi
rm -rf src; mkdir src
tar -xzf kubernetes_*.orig.tar.gz -C src --strip-components=1
export GOPATH="$dir/gopath" GO111MODULE=off CGO_ENABLED=0 GOFLAGS= GOCACHE="$dir/gocache" PATH=/usr/lib/go-1.19/bin:$PATH
rm -rf "$GOPATH/src/k8s.io/kubernetes"; mkdir -p "$GOPATH/src/k8s.io"
ln -s "$dir/src" "$GOPATH/src/k8s.io/kubernetes"

# reflect2 1.0.1 crashes under Go >= 1.18 while JSON maps are written; Debian's 1.0.2 does not.
rm -rf src/vendor/github.com/modern-go/reflect2
cp -r /usr/share/gocode/src/github.com/modern-go/reflect2 src/vendor/github.com/modern-go/reflect2

cd "$GOPATH/src/k8s.io/kubernetes"
# The apiserver compiles its OpenAPI in; the source package leaves it to be generated.
go build -o "$dir/bin/openapi-gen" k8s.io/kubernetes/vendor/k8s.io/kube-openapi/cmd/openapi-gen
packages=$(grep -rl --include=doc.go --include='*.go' '+k8s:openapi-gen=' pkg staging/src/k8s.io 2>/dev/null \
  | grep -v -e _test.go -e /testdata/ -e zz_generated -e /_examples/ | xargs -n1 dirname | sort -u \
  | sed -e 's|^staging/src/|k8s.io/kubernetes/vendor/|' -e 's|^pkg/|k8s.io/kubernetes/pkg/|' | paste -sd,)
"$dir/bin/openapi-gen" --go-header-file hack/boilerplate/boilerplate.generatego.txt --output-file-base zz_generated.openapi \
  --output-package k8s.io/kubernetes/pkg/generated/openapi --output-base "$GOPATH/src" --report-filename /dev/null \
  --input-dirs "$packages" >/dev/null 2>"$dir/openapi.log" || { tail -5 "$dir/openapi.log" >&2; exit 1; }

v=v1.20.2
ld="-s -w"
for p in k8s.io/kubernetes/vendor/k8s.io/component-base/version k8s.io/kubernetes/vendor/k8s.io/client-go/pkg/version; do
  ld+=" -X $p.gitVersion=$v -X $p.gitMajor=1 -X $p.gitMinor=20 -X $p.gitTreeState=clean -X $p.gitCommit=debian -X $p.buildDate=2021-01-13T13:00:00Z"
done
for c in kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl; do
  echo "building $c"
  go build -ldflags "$ld" -o "$dir/bin/$c" "k8s.io/kubernetes/cmd/$c"
done
ls -la "$dir/bin"
