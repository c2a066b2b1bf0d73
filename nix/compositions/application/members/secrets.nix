# Everything that the application would otherwise generate on its machine and lose when the machine is rebuilt.
{
  lib,
  config,
  providers,
  ...
}:
let
  secret = name: generator: {
    type = providers.secrets.secret;
    state = config.deploymentState;
    inputs = {
      name = config.names.secret name;
      inherit generator;
      inherit (config) adopt deletion;
    };
  };
in
{
  members.secrets.members = lib.mapAttrs secret (
    config.application.secrets
    // lib.optionalAttrs config.sso { ldapPassword = import ../password.nix; }
  );
}
