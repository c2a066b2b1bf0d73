# Path of the PEM file with the authorities that may sign the database's certificate:
#   sslrootcert = import ../application/nixos/database-authority.nix { inherit pkgs nixosInputs; };
# Without a certificate of its own these are the well-known authorities. Both are public.
{ pkgs, nixosInputs }:
let
  inherit (nixosInputs.database) caCertificate;
in
if caCertificate == null then
  "/etc/ssl/certs/ca-certificates.crt"
else
  toString (pkgs.writeText "${nixosInputs.application}-database-ca.pem" caCertificate)
