# Written by `npm run generate` from the schemas of the provider postgres; do not edit.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  suiteTypes = import ../../types.nix { inherit lib; };
  # Inputs of all types.
  common = {
    connection = mkOption {
      type = types.submodule {
        options = {
          host = mkOption {
            type = types.nonEmptyStr;
            description = "Name or address of the server, or the folder of its Unix socket, such as `/run/postgresql`.";
          };
          port = mkOption {
            type = types.ints.between 1 65535;
            default = 5432;
            description = "TCP port. For a Unix socket, the number in the socket's name.";
          };
          database = mkOption {
            type = types.nonEmptyStr;
            default = "postgres";
            description = "Maintenance database. The provider takes locks in it, so everybody who manages this server should use the same one.";
          };
          user = mkOption {
            type = types.nonEmptyStr;
            description = "Role to log in as.";
          };
          password = mkOption {
            type = types.nullOr suiteTypes.secretRef;
            default = null;
            description = "Password of the role. Null means that the server does not ask for one (peer, trust, client certificate).";
          };
          clientCertificate = mkOption {
            type = types.nullOr (types.submodule {
              options = {
                certificate = mkOption {
                  type = suiteTypes.runtimePath;
                  description = "File with the certificate in PEM, followed by the intermediate certificates.";
                };
                key = mkOption {
                  type = suiteTypes.secretRef;
                  description = "Private key of the certificate, in PEM.";
                };
              };
            });
            default = null;
            description = "Client certificate to present to the server. Null presents none.";
          };
          requireAuth = mkOption {
            type = types.nullOr (types.nonEmptyListOf (types.enum [ "scram-sha-256" "md5" "password" "none" ]));
            default = null;
            description = "Accepted methods of authentication, by their libpq names: `scram-sha-256`, `md5`, `password` (clear text), and `none`, which is a server that asks for nothing. Null accepts only `scram-sha-256` for a password over plain TCP or over TLS without a verified server, since another method gives the password, or a hash of it, to any program that listens there. On a Unix socket, with `sslmode` `verify-ca` or `verify-full`, and without a password, null accepts every method.";
          };
          ca = mkOption {
            type = types.nullOr suiteTypes.runtimePath;
            default = null;
            description = "PEM file with the certificate authorities that may sign the server's certificate. Null trusts the well-known authorities.";
          };
          sslmode = mkOption {
            type = types.nullOr (types.enum [ "disable" "require" "verify-ca" "verify-full" ]);
            default = null;
            description = "TLS mode, by its libpq name: `disable` uses no TLS, `require` does not verify the server, `verify-ca` verifies its authority, `verify-full` verifies its authority and host name. Null means `disable` on a Unix socket, and on localhost if neither `ca` nor `clientCertificate` is set; otherwise it means `verify-full`. `allow` and `prefer` are not supported, since an attacker can make them give up TLS.";
          };
        };
      };
      description = "Location of the backend, and the credentials for it.";
    };
    managedBy = mkOption {
      type = types.strMatching "[a-z0-9-]{1,63}";
      description = "Name of the deployment, written in the mark of every object that it manages: 1 to 63 characters of a-z, 0-9 and hyphen. An object marked with another name is never changed.";
    };
    adopt = mkOption {
      type = types.bool;
      default = false;
      description = "Whether to adopt an existing object that carries no mark. Destroying keeps an adopted object unless `deletion` is `delete`.";
    };
    adoptFrom = mkOption {
      type = types.nullOr (types.strMatching "[a-z0-9-]{1,63}");
      default = null;
      description = "Name of another deployment whose object is adopted. Null adopts no marked object.";
    };
    deletion = mkOption {
      type = types.nullOr (types.enum [ "delete" "retain" ]);
      default = null;
      description = "Action on destroy: `delete` deletes the object, `retain` only removes its mark. Null deletes objects that the deployment created. It retains adopted objects, and all objects of a type that is retained by default.";
    };
    timeoutSeconds = mkOption {
      type = types.ints.between 1 86400;
      default = 300;
      description = "Maximum duration of one request, in seconds.";
    };
  };
in
{
  name = "PostgreSQL";
  description = "Roles, databases, schemas, extensions and privileges on a PostgreSQL server, version 15 or later.";
  resourceTypes = {
    database = {
      description = "A database of the server. Its contents are not managed.";
      requireState = false;
      inputs.options = common // {
        name = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the database, at most 63 bytes. Changing the name declares a different database.";
        };
        owner = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Role that owns the database, and with it the schema `public`. Objects in the database keep their owners when this changes. Null keeps the current owner; a new database belongs to `connection.user`.";
        };
        encoding = mkOption {
          type = types.nonEmptyStr;
          default = "UTF8";
          description = "Character encoding, by its PostgreSQL name.";
        };
        localeProvider = mkOption {
          type = types.nullOr (types.enum [ "libc" "icu" "builtin" ]);
          default = null;
          description = "Provider of the rules for sorting and comparing text: `libc` (the operating system), `icu`, or `builtin` (PostgreSQL itself, version 17 and later). Null uses `libc` if `locale` is set, otherwise the template's provider.";
        };
        locale = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Locale in the syntax of `localeProvider`: `en_US.UTF-8` for libc, `en-US` for icu, `C.UTF-8` for builtin. For libc it is the default of `lcCollate` and `lcCtype`. Null uses the template's locale.";
        };
        lcCollate = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "libc locale for sorting. Null uses `locale` if the provider is libc, otherwise the template's value.";
        };
        lcCtype = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "libc locale for character classes. Null uses `locale` if the provider is libc, otherwise the template's value.";
        };
        template = mkOption {
          type = types.nonEmptyStr;
          default = "template0";
          description = "Database to copy. Only `template0` allows every encoding and locale, and never has connections.";
        };
        connectionLimit = mkOption {
          type = types.ints.between (-1) 2147483647;
          default = (-1);
          description = "Maximum number of concurrent connections. -1 means no limit. Superusers are not counted.";
        };
        allowConnections = mkOption {
          type = types.bool;
          default = true;
          description = "Whether the database accepts connections.";
        };
        revokePublicConnect = mkOption {
          type = types.bool;
          default = true;
          description = "Whether CONNECT is revoked from PUBLIC, so that only the owner, `connection.user` and roles with this privilege can connect. `connection.user` is granted CONNECT if it is not superuser. False lets every role of the server connect, as PostgreSQL does by default.";
        };
        settings = mkOption {
          type = types.attrsOf types.str;
          default = { };
          description = "Server parameters for new sessions, such as `{ work_mem = \"64MB\"; search_path = \"app, public\"; }`. A parameter that is not listed is reset.";
        };
        identity = mkOption {
          type = types.nullOr (types.strMatching "[a-z0-9._:-]{1,253}");
          default = null;
          description = "Name of the site whose data the database holds, such as its domain: 1 to 253 characters of a-z, 0-9, dot, underscore, colon and hyphen. It is stored in the database's mark. From then on every other name is rejected, unless `newSite` is true, because the other servers of a federation know the site by this name permanently. Null keeps the stored name. A database without a stored name accepts any. A destroy that retains the database removes the name together with the mark.";
        };
        newSite = mkOption {
          type = types.bool;
          default = false;
          description = "Whether `identity` may replace the stored name of another site. The data of that site stays in the database; declare another database for a site that starts empty. Set it to true for one apply, then remove it: while it is true, every `identity` is accepted. It has no effect if `identity` is null or equal to the stored name.";
        };
        adoptLowers = mkOption {
          type = types.bool;
          default = false;
          description = "Whether adopting may reset what the existing object has and these inputs leave at their defaults, and remove entries that they do not list. False refuses such an adoption and names what it would change. It has no effect on an object that the deployment manages already.";
        };
      };
      outputs.options = {
        name = mkOption {
          type = types.str;
          description = "Name of the database, for resources that need the database to exist: schemas, extensions, grants.";
        };
        uri = mkOption {
          type = types.str;
          description = "Connection URI of the database for libpq and most other clients, without a user: `postgresql://db.example.org:5432/shop`.";
        };
        identity = mkOption {
          type = types.nullOr types.str;
          description = "Name of the site whose data the database holds, as its mark has it: for what must not change before the database accepts the name. Null if it has none.";
        };
      };
    };
    database_setting = {
      description = "Server parameters for new sessions of one role in one database, or of all roles in a database that no deployment manages. They override the `settings` of `role` and `database`. The resource changes only the parameters that it declares. With a state, parameters removed from the inputs are reset. Destroying the resource resets the declared parameters.";
      requireState = false;
      inputs.options = common // {
        database = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the database.";
        };
        role = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Name of the role. Null means all roles; it is rejected if the database carries a deployment's mark, because `settings` of that `database` resource manages these parameters.";
        };
        settings = mkOption {
          type = types.attrsOf types.str;
          description = "Server parameters for new sessions, such as `{ work_mem = \"64MB\"; search_path = \"app, public\"; }`. Parameters that are not listed keep their values.";
        };
      };
      outputs.options = { };
    };
    default_privileges = {
      description = "Default privileges on objects that a role will create. For existing objects, use `grant`. The resource adds to the default privileges that others declare. With a state, privileges removed from the inputs are revoked. Without a state, only `exclusive = true` revokes. Destroying the resource revokes the declared privileges.";
      requireState = false;
      inputs.options = common // {
        database = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the database in which the objects will be created.";
        };
        owner = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the role that will create the objects. Objects that other roles create are not affected.";
        };
        objectType = mkOption {
          type = types.enum [ "tables" "sequences" "routines" "types" "schemas" ];
          description = "Kind of the objects. `tables` includes views, `routines` means functions and procedures, `types` includes domains.";
        };
        schema = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Name of the schema in which the objects will be created. Null means any schema. Default privileges of one schema only add to those of any schema, so PUBLIC's built-in ones (such as `EXECUTE` on routines) are revoked only by null together with `exclusive`.";
        };
        grants = mkOption {
          type = types.attrsOf (types.submodule {
            options = {
              privileges = mkOption {
                type = types.nonEmptyListOf (types.enum [ "ALL" "CONNECT" "CREATE" "DELETE" "EXECUTE" "INSERT" "MAINTAIN" "REFERENCES" "SELECT" "TEMPORARY" "TRIGGER" "TRUNCATE" "UPDATE" "USAGE" ]);
                description = "Privileges of the grantee, as SQL keywords. `ALL` means every privilege that the server has for this kind of object.";
              };
              grantable = mkOption {
                type = types.listOf (types.enum [ "ALL" "CONNECT" "CREATE" "DELETE" "EXECUTE" "INSERT" "MAINTAIN" "REFERENCES" "SELECT" "TEMPORARY" "TRIGGER" "TRUNCATE" "UPDATE" "USAGE" ]);
                default = [ ];
                description = "Those of `privileges` that the role can grant to others.";
              };
            };
          });
          description = "Privileges by grantee: the name of a role, or `PUBLIC` for everyone.";
        };
        exclusive = mkOption {
          type = types.bool;
          default = false;
          description = "Whether to revoke all default privileges that are not declared here, except those of the owner. The same deployment must manage the schema, the database or the role. False keeps what others have declared.";
        };
      };
      outputs.options = { };
    };
    extension = {
      description = "An extension of a database. The mark is a line of its comment, below the extension's own text. The extension is dropped only if nothing depends on it; CASCADE is never used.";
      requireState = false;
      inputs.options = common // {
        database = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the database that contains the extension.";
        };
        name = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the extension, such as `pg_trgm`.";
        };
        version = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Version of the extension. An older installed version is updated; a downgrade is rejected. Null installs the server's default version, and keeps the version of an existing extension.";
        };
        schema = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Schema of the extension's objects. It must exist. It can change only if the extension is relocatable. Null keeps the current schema; a new extension is installed in `public`, unless it specifies its own schema.";
        };
        cascade = mkOption {
          type = types.bool;
          default = false;
          description = "Whether creating the extension also installs the extensions that it requires. They carry no mark, and stay when this extension is destroyed.";
        };
      };
      outputs.options = {
        version = mkOption {
          type = types.str;
          description = "Installed version.";
        };
        schema = mkOption {
          type = types.str;
          description = "Schema of the extension's objects.";
        };
      };
    };
    grant = {
      description = "Privileges on one object of a database, on columns of a table, on all tables, sequences or routines of a schema, or on a tablespace. One resource lists all grantees of the object. The resource adds to the privileges that others grant. With a state, privileges removed from the inputs are revoked. Without a state, only `exclusive = true` revokes. Destroying the resource revokes the declared privileges.";
      requireState = false;
      inputs.options = common // {
        database = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Name of the database that contains the object, or that is the object. It must be null for a tablespace, which belongs to the whole server.";
        };
        objectType = mkOption {
          type = types.enum [ "database" "schema" "table" "allTables" "columns" "sequence" "allSequences" "routine" "allRoutines" "type" "language" "foreignServer" "tablespace" ];
          description = "Kind of object. `table` includes views, materialized views and foreign tables; `routine` means a function or a procedure; `type` includes domains. `columns` means some columns of a table. `allTables`, `allSequences` and `allRoutines` mean the existing ones of the schema; for future ones, use `default_privileges`.";
        };
        schema = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Name of the schema that contains the object, or that is the object. It must be null for a database, a language, a foreign server and a tablespace.";
        };
        object = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Name of the table, sequence, routine, type, language, foreign server or tablespace. If several routines have the name, add the types of the arguments, as in `add(integer, integer)`. It must be null for a database, a schema, and all objects of a schema.";
        };
        columns = mkOption {
          type = types.nullOr (types.nonEmptyListOf types.nonEmptyStr);
          default = null;
          description = "Names of the columns of the table `object`, in any order. It must be null unless `objectType` is `columns`. A role with a privilege on the table has it on each column, no matter what is granted here. If a `grant` on the table revokes a privilege there, the role keeps it on the columns that are declared here.";
        };
        grants = mkOption {
          type = types.attrsOf (types.submodule {
            options = {
              privileges = mkOption {
                type = types.nonEmptyListOf (types.enum [ "ALL" "CONNECT" "CREATE" "DELETE" "EXECUTE" "INSERT" "MAINTAIN" "REFERENCES" "SELECT" "TEMPORARY" "TRIGGER" "TRUNCATE" "UPDATE" "USAGE" ]);
                description = "Privileges of the grantee, as SQL keywords. `ALL` means every privilege that the server has for this kind of object.";
              };
              grantable = mkOption {
                type = types.listOf (types.enum [ "ALL" "CONNECT" "CREATE" "DELETE" "EXECUTE" "INSERT" "MAINTAIN" "REFERENCES" "SELECT" "TEMPORARY" "TRIGGER" "TRUNCATE" "UPDATE" "USAGE" ]);
                default = [ ];
                description = "Those of `privileges` that the role can grant to others.";
              };
            };
          });
          description = "Privileges by grantee: the name of a role, or `PUBLIC` for everyone. `CONNECT` of `PUBLIC` is rejected on a database that a `database` resource manages: set `revokePublicConnect = false` there.";
        };
        exclusive = mkOption {
          type = types.bool;
          default = false;
          description = "Whether to revoke all privileges that are not declared here, except those of the owner. On a database, `CONNECT` of `connection.user` is kept too, and `CONNECT` of `PUBLIC` if a `database` resource manages it. On a table, privileges on single columns are kept. On a tablespace it is rejected. The same deployment must manage the object, its schema or its database. False keeps what others have granted.";
        };
      };
      outputs.options = {
        owner = mkOption {
          type = types.nullOr types.str;
          description = "Owner of the object, who has all privileges on it. Null if the objects have several owners, or if there are none.";
        };
      };
    };
    membership = {
      description = "Membership of a role that no deployment manages, such as a person's account, in another role. For a role that a deployment manages, use `memberOf` of its `role` resource. On PostgreSQL 16 and later, the resource manages only what `connection.user` granted, and adds to what others granted. Before PostgreSQL 16 a membership exists only once, no matter who granted it. Destroying the resource revokes the membership.";
      requireState = false;
      inputs.options = common // {
        role = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the role that the member belongs to, such as `pg_monitor`. It must exist.";
        };
        member = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the role that becomes the member. It must exist. It is rejected if it carries a deployment's mark, because `memberOf` of that `role` resource manages its memberships.";
        };
        admin = mkOption {
          type = types.bool;
          default = false;
          description = "Whether the member can grant this membership to other roles.";
        };
        "inherit" = mkOption {
          type = types.bool;
          default = true;
          description = "Whether the member has the role's rights without SET ROLE. Before PostgreSQL 16 this must equal the member's own `inherit`.";
        };
        set = mkOption {
          type = types.bool;
          default = true;
          description = "Whether the member can SET ROLE to the role. Before PostgreSQL 16 this must be true.";
        };
      };
      outputs.options = { };
    };
    role = {
      description = "A role of the server: a user, or a group of users. All databases of the server share it.";
      requireState = false;
      inputs.options = common // {
        name = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the role, at most 63 bytes. Changing the name declares a different role.";
        };
        login = mkOption {
          type = types.bool;
          default = false;
          description = "Whether the role can log in, which makes it a user.";
        };
        password = mkOption {
          type = types.nullOr suiteTypes.secretRef;
          default = null;
          description = "Password for logging in, or its SCRAM verifier (`SCRAM-SHA-256$...`). Only the verifier is sent and stored. An account that is not superuser sets a verifier at creation, and does not find later changes. Null removes the password; an account that is not superuser removes it only if the previous inputs declared it, since it cannot see other passwords.";
        };
        connectionLimit = mkOption {
          type = types.ints.between (-1) 2147483647;
          default = (-1);
          description = "Maximum number of concurrent connections of the role. -1 means no limit.";
        };
        validUntil = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "Expiry time of the password, in ISO 8601 with an offset, such as `2030-01-01T00:00:00Z`. Null means that it never expires.";
        };
        createdb = mkOption {
          type = types.bool;
          default = false;
          description = "Whether the role can create databases.";
        };
        createrole = mkOption {
          type = types.bool;
          default = false;
          description = "Whether the role can create roles, and change and drop the roles that it administers.";
        };
        "inherit" = mkOption {
          type = types.bool;
          default = true;
          description = "Whether the role has the rights of the roles that it is a member of without SET ROLE.";
        };
        replication = mkOption {
          type = types.bool;
          default = false;
          description = "Whether the role can replicate, which means reading all data. Only a superuser or a role with REPLICATION can set this.";
        };
        bypassrls = mkOption {
          type = types.bool;
          default = false;
          description = "Whether the role bypasses row-level security. Only a superuser or a role with BYPASSRLS can set this.";
        };
        superuser = mkOption {
          type = types.bool;
          default = false;
          description = "Whether the role has unrestricted access to the server. Setting this requires `allowSuperuser = true`, and a superuser as `connection.user`.";
        };
        allowSuperuser = mkOption {
          type = types.bool;
          default = false;
          description = "Whether `superuser` may be set. This second switch prevents unrestricted access by mistake.";
        };
        memberOf = mkOption {
          type = types.listOf (types.submodule {
            options = {
              role = mkOption {
                type = types.nonEmptyStr;
                description = "Role that the member belongs to. It must exist.";
              };
              admin = mkOption {
                type = types.bool;
                default = false;
                description = "Whether the member can grant this membership to other roles.";
              };
              "inherit" = mkOption {
                type = types.bool;
                default = true;
                description = "Whether the member has the role's rights without SET ROLE. Before PostgreSQL 16 this must equal the member's own `inherit`.";
              };
              set = mkOption {
                type = types.bool;
                default = true;
                description = "Whether the member can SET ROLE to the role. Before PostgreSQL 16 this must be true.";
              };
            };
          });
          default = [ ];
          description = "Roles that this role is a member of, in any order. A membership that is not listed is revoked, no matter who granted it. PostgreSQL 16 and later grant a role memberships in the roles that it creates; these are ignored.";
        };
        settings = mkOption {
          type = types.attrsOf types.str;
          default = { };
          description = "Server parameters for new sessions, such as `{ work_mem = \"64MB\"; search_path = \"app, public\"; }`. A parameter that is not listed is reset.";
        };
        reassignOwnedTo = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Role that receives the objects of this role when a destroy deletes it. Only in effect with `deletion = \"delete\"`. In each database where the role has any, REASSIGN OWNED gives its objects to that role, whole databases included. DROP OWNED then revokes its privileges, also where it granted them to others, and removes its default privileges, policies and user mappings. The preview of a destroy lists and counts them, and the outcome counts what was done. Null: a role that owns objects or has privileges is not dropped.";
        };
        adoptLowers = mkOption {
          type = types.bool;
          default = false;
          description = "Whether adopting may reset what the existing object has and these inputs leave at their defaults, and remove entries that they do not list. False refuses such an adoption and names what it would change. It has no effect on an object that the deployment manages already.";
        };
      };
      outputs.options = {
        name = mkOption {
          type = types.str;
          description = "Name of the role, for resources that need the role to exist: owners of databases, members, grantees.";
        };
      };
    };
    schema = {
      description = "A schema of a database. The mark is a line of its comment. The schema is dropped only if it is empty; CASCADE is never used.";
      requireState = false;
      inputs.options = common // {
        database = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the database that contains the schema.";
        };
        name = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the schema.";
        };
        owner = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Role that owns the schema. Objects in the schema keep their owners when this changes. Null keeps the current owner; a new schema belongs to `connection.user`, or to the owner of the database if that role has no CREATE on the database.";
        };
      };
      outputs.options = {
        owner = mkOption {
          type = types.str;
          description = "Role that owns the schema.";
        };
      };
    };
  };
}
