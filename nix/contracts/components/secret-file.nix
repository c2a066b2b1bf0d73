# The member that writes a secret to a file on the host of `secrets.connection.ssh`. `request` is that of a secret.
{
  secrets,
  request,
  inputs,
}:
{
  type = secrets.secret_file;
  inputs = {
    inherit (request)
      mode
      owner
      group
      restartUnits
      ;
  }
  // inputs;
}
