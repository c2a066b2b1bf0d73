# Generators of the secrets that PeerTube needs for its whole life. `peertubeSecret` encrypts the two-factor secrets in the
# database: a machine that is built again with another value cannot read them.
# https://github.com/Chocobozzz/PeerTube/blob/develop/config/production.yaml.example, `secrets.peertube`
let
  password = import ../application/password.nix;
in
{
  peertubeSecret.hex.sizeBytes = 32;
  databasePassword = password;
  # PeerTube reads it once, when it creates its first account `root`.
  adminPassword = password;
}
