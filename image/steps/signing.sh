# Which key signs. Sourced by steps. A development key is made once and kept in the cache.
# shellcheck shell=bash
signing_key=${STEELYARD_SIGNING_KEY:-$cache/keys/development.key.pem}
signing_cert=${STEELYARD_SIGNING_CERT:-$cache/keys/development.cert.pem}
if [ ! -e "$signing_key" ] && [ -z "${STEELYARD_SIGNING_KEY:-}" ]; then
    mkdir -p -m 700 "$cache/keys" "$tools/work/keys"
    cp "$image/signing.cnf" "$tools/work/keys"
    in_tools openssl req -x509 -newkey rsa:3072 -nodes -sha256 -subj '/CN=Steelyard development' \
        -not_before 20200101000000Z -not_after 20500101000000Z \
        -config /work/keys/signing.cnf -keyout /work/keys/key.pem -out /work/keys/cert.pem
    mv "$tools/work/keys/key.pem" "$signing_key"
    mv "$tools/work/keys/cert.pem" "$signing_cert"
    chmod 600 "$signing_key"
fi
[ -r "$signing_key" ] || die "the signing key $signing_key cannot be read"
[ -r "$signing_cert" ] || die "the signing certificate '$signing_cert' cannot be read"
