# A database of the application's own, with a role of the same name. Its mark keeps the domain of the site.
{
  lib,
  config,
  members,
  providers,
  ...
}:
let
  state = config.deploymentState;
  extension = extension: {
    type = providers.postgres.extension;
    inherit state;
    inputs = {
      database = members.database.outputs.name;
      name = extension;
      # It is deleted with the database. Without the database, the data need it.
      deletion = "retain";
    };
  };
in
{
  options.liveDomain = lib.mkOption {
    type = lib.types.str;
    internal = true;
    readOnly = true;
    description = ''
      The domain, known once the database accepts it. What is named after the domain uses this one, so that nothing changes
      when the database refuses another domain.
    '';
  };

  config.liveDomain = members.database.outputs.identity;
  config.members = {
    role = {
      type = providers.postgres.role;
      inherit state;
      inputs = {
        name = config.names.database;
        login = true;
        password = members.secrets.members.databasePassword.outputs.ref;
        inherit (config) adopt deletion;
      };
    };
    database = {
      type = providers.postgres.database;
      inherit state;
      inputs = {
        name = config.names.database;
        owner = members.role.outputs.name;
        identity = config.domain;
        inherit (config) newSite adopt deletion;
      };
    };
    extensions.members = lib.genAttrs config.application.extensions extension;
  };
}
