# The files with secrets on the machine. They are there before NixOS creates the users of the application, so owners are
# numbers; and in a folder that survives a restart of the machine, so that the site comes back without an apply.
{
  lib,
  config,
  members,
  providers,
  ...
}:
let
  inherit (config) nixosInputs reach;
  inherit (config.hostProfile) ssh;
  secrets = members.secrets.members;
  folder = nixosInputs.secretsFolder;

  files = config.application.files {
    inherit lib nixosInputs;
    refs = lib.mapAttrs (_: secret: secret.outputs.ref) secrets // {
      objectStorageSecretKey = members.key.outputs.secretAccessKey;
      smtpPassword = config.tenant.smtp.password;
      ldapPassword = if config.sso then secrets.ldapPassword.outputs.ref else null;
    };
    publicParts = lib.mapAttrs (_: secret: secret.outputs.public) secrets;
  };
  file = name: inputs: {
    type = providers.secrets.secret_file;
    state = config.deploymentState;
    inputs = inputs // {
      path = "${folder}/${name}";
      connection = {
        ssh = {
          inherit (reach) host port hostKeys;
          inherit (ssh) user identity;
          elevate = if ssh.user == "root" then "none" else "sudo";
        };
      }
      // lib.optionalAttrs (ssh.registry != null) { inherit (ssh) registry; };
    };
  };
in
{
  # A machine that is off cannot be reached; its files stay as they are.
  members.delivery.members = lib.optionalAttrs (!config.suspended) (lib.mapAttrs file files);

  delivered = lib.mapAttrsToList (_: file: file.outputs.path) members.delivery.members;
}
