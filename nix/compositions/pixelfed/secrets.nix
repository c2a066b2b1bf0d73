# Generators of the secrets that Pixelfed would otherwise create on the machine. A machine that is built again with other
# values cannot read what is encrypted in the database, and logs all apps out.
# https://docs.pixelfed.org/running-pixelfed/installation/
let
  password = import ../application/password.nix;
in
{
  appKey.laravelAppKey = { };
  passportPrivateKey.laravelPassport = { };
  databasePassword = password;
  adminPassword = password;
}
