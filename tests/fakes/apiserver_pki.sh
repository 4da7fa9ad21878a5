#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# apiserver_pki.sh DIR: a certificate authority and everything that the tests of the apiserver client need from it.
#   ca, foreign-ca                       authorities (foreign: nobody trusts it)
#   server (localhost, 127.0.0.1, ::1), server-other (only other.example), server-expired, server-future, server-foreign
#   admin-rsa, admin-ec, admin-ed25519 (group system:masters), viewer, nobody, admin-expired, admin-foreign
set -eu
dir=$1
mkdir -p "$dir"
cd "$dir"

cat > ca.cnf <<EOF
[ca]
default_ca = d
[d]
database = ./index
serial = ./serial
new_certs_dir = .
default_md = sha256
policy = any
unique_subject = no
copy_extensions = none
[any]
organizationName = optional
commonName = supplied
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
EOF
: > index
echo 01 > serial

authority() { # name subject
    openssl req -x509 -config /dev/null -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.crt" -days 3650 -subj "$2" \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign 2>/dev/null ||
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.crt" -days 3650 -subj "$2" 2>/dev/null
}

key() { # name algorithm
    case $2 in
    rsa) openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1.key" 2>/dev/null || openssl genrsa -out "$1.key" 2048 2>/dev/null ;;
    ed25519) openssl genpkey -algorithm ED25519 -out "$1.key" ;;
    *) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" ;;
    esac
}

certificate() { # name algorithm subject usage names authority from to
    key "$1" "$2"
    openssl req -new -config /dev/null -key "$1.key" -subj "$3" -out "$1.csr" 2>/dev/null || openssl req -new -key "$1.key" -subj "$3" -out "$1.csr"
    { echo "[e]"; echo "extendedKeyUsage = $4"; [ -z "$5" ] || echo "subjectAltName = $5"; } > "$1.ext"
    openssl ca -batch -notext -config ca.cnf -cert "$6.crt" -keyfile "$6.key" -in "$1.csr" -out "$1.crt" -startdate "$7" -enddate "$8" \
        -extfile "$1.ext" -extensions e 2> "$1.log" || { cat "$1.log" >&2; exit 1; }
    rm -f "$1.csr" "$1.ext" "$1.log"
}

now=20200101000000Z
later=20491231235959Z
here=DNS:localhost,IP:127.0.0.1,IP:::1
authority ca /CN=kubernetes
authority foreign-ca /CN=elsewhere
certificate server rsa /CN=kube-apiserver serverAuth "$here,DNS:kubernetes" ca $now $later
certificate server-other ec /CN=kube-apiserver serverAuth DNS:other.example,IP:10.96.0.1 ca $now $later
certificate server-expired ec /CN=kube-apiserver serverAuth "$here" ca $now 20210101000000Z
certificate server-future ec /CN=kube-apiserver serverAuth "$here" ca 20450101000000Z $later
certificate server-foreign ec /CN=kube-apiserver serverAuth "$here" foreign-ca $now $later
certificate admin-rsa rsa /O=system:masters/CN=admin-rsa clientAuth "" ca $now $later
certificate admin-ec ec /O=system:masters/CN=admin-ec clientAuth "" ca $now $later
certificate admin-ed25519 ed25519 /O=system:masters/CN=admin-ed25519 clientAuth "" ca $now $later
certificate viewer ec /O=viewers/CN=viewer clientAuth "" ca $now $later
certificate nobody ec /CN=nobody clientAuth "" ca $now $later
certificate admin-expired ec /O=system:masters/CN=admin-expired clientAuth "" ca $now 20210101000000Z
certificate admin-foreign ec /O=system:masters/CN=admin-foreign clientAuth "" foreign-ca $now $later
rm -f ca.cnf index* serial* ./*.pem
