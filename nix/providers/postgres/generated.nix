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
            description = "Name or address of the server; with a leading slash the folder of its Unix socket, such as `/run/postgresql`.";
          };
          port = mkOption {
            type = types.ints.between 1 65535;
            default = 5432;
            description = "TCP port, and the number in the socket's name.";
          };
          database = mkOption {
            type = types.nonEmptyStr;
            default = "postgres";
            description = "Database to work from. Locks are taken in it: everybody who manages this server must name the same one.";
          };
          user = mkOption {
            type = types.nonEmptyStr;
            description = "Role to log in as.";
          };
          password = mkOption {
            type = types.nullOr suiteTypes.secretRef;
            default = null;
            description = "Password of that role; null where the server asks for none (peer, trust, client certificate).";
          };
          clientCertificate = mkOption {
            type = types.nullOr (types.submodule {
              options = {
                certificate = mkOption {
                  type = suiteTypes.runtimePath;
                  description = "File with the certificate in PEM, and with those between it and its authority.";
                };
                key = mkOption {
                  type = suiteTypes.secretRef;
                  description = "Private key of the certificate, in PEM.";
                };
              };
            });
            default = null;
            description = "Certificate to show to the server; null shows none.";
          };
          ca = mkOption {
            type = types.nullOr suiteTypes.runtimePath;
            default = null;
            description = "PEM file with the certificate authorities that may sign the server's certificate. Null trusts the well-known authorities.";
          };
          sslmode = mkOption {
            type = types.nullOr (types.enum [ "disable" "require" "verify-ca" "verify-full" ]);
            default = null;
            description = "libpq's name of how TLS is used: `disable` not at all, `require` without knowing the server, `verify-ca` with any server of the authorities, `verify-full` with this host alone. Null is `disable` on a Unix socket, and on localhost where neither `ca` nor `clientCertificate` is set; everywhere else it is `verify-full`. The modes that a third party could talk out of TLS (`allow`, `prefer`) are not offered.";
          };
        };
      };
      description = "How to reach the backend, and as whom.";
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
      description = "Action on destroy: `delete` deletes the object, `retain` only removes its mark. Null deletes objects that the deployment created and retains those that it adopted.";
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
  description = "Roles, databases and what is in them, on a PostgreSQL server of version 15 or later.";
  resourceTypes = {
    database = {
      description = "A database of the server. What is in it is not looked at.";
      requireState = false;
      inputs.options = common // {
        name = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the database, at most 63 bytes long. Another name is another database.";
        };
        owner = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Role that owns it, and with it the schema `public`. What is inside keeps its own owners when this changes. Null leaves it with whom it has, at first `connection.user`.";
        };
        encoding = mkOption {
          type = types.nonEmptyStr;
          default = "UTF8";
          description = "Character encoding, by PostgreSQL's name.";
        };
        localeProvider = mkOption {
          type = types.nullOr (types.enum [ "libc" "icu" "builtin" ]);
          default = null;
          description = "Whose rules sort and compare text: of the operating system, of ICU, or of PostgreSQL itself (from version 17 on). Null leaves it to the template.";
        };
        locale = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Locale in the words of `localeProvider`: `en_US.UTF-8` of libc, `en-US` of icu, `C.UTF-8` of builtin. Of libc it stands for `lcCollate` and `lcCtype`. Null leaves it to the template.";
        };
        lcCollate = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Locale of libc for sorting; null is `locale` of libc, or the template's.";
        };
        lcCtype = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Locale of libc for the classes of characters; null is `locale` of libc, or the template's.";
        };
        template = mkOption {
          type = types.nonEmptyStr;
          default = "template0";
          description = "Database to copy. `template0` is the only one that allows every encoding and locale, and that nobody is ever connected to.";
        };
        connectionLimit = mkOption {
          type = types.ints.between (-1) 2147483647;
          default = (-1);
          description = "Most connections at once; -1 sets no limit. Superusers are not counted.";
        };
        allowConnections = mkOption {
          type = types.bool;
          default = true;
          description = "Whether anybody can connect to it.";
        };
        revokePublicConnect = mkOption {
          type = types.bool;
          default = true;
          description = "Whether only those who were granted it may connect, and the owner. False lets every role of the server in, as PostgreSQL does by itself.";
        };
        settings = mkOption {
          type = types.attrsOf types.str;
          default = { };
          description = "Parameters of the server that sessions start with, such as `{ work_mem = \"64MB\"; search_path = \"app, public\"; }`. One that is taken out of here is reset.";
        };
      };
      outputs.options = {
        name = mkOption {
          type = types.str;
          description = "Name of the database, for those who need it to be there: schemas, extensions, grants.";
        };
        uri = mkOption {
          type = types.str;
          description = "Where it is, for libpq and most other clients: `postgresql://db.example.org:5432/shop`, without a user.";
        };
      };
    };
    default_privileges = {
      description = "Who may do what with objects that a role will make, from the moment they are made; for those that are there already use `grant`. It adds to what others have declared. What is taken out of it is revoked where the resource has a state, which remembers it; without one only `exclusive` revokes. Destroying it revokes what it declares.";
      requireState = false;
      inputs.options = common // {
        database = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the database that the objects will be in.";
        };
        owner = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the role that will make the objects. What others make is not affected.";
        };
        objectType = mkOption {
          type = types.enum [ "tables" "sequences" "routines" "types" "schemas" ];
          description = "Kind of objects: `tables` are also views, `routines` functions and procedures, `types` also domains.";
        };
        schema = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Name of the schema that they will be in; null: in any. One schema's default privileges only add to those that hold in any, so PUBLIC's own (`EXECUTE` on routines) are revoked only with null and `exclusive`.";
        };
        grants = mkOption {
          type = types.attrsOf (types.submodule {
            options = {
              privileges = mkOption {
                type = types.nonEmptyListOf (types.enum [ "ALL" "CONNECT" "CREATE" "DELETE" "EXECUTE" "INSERT" "MAINTAIN" "REFERENCES" "SELECT" "TEMPORARY" "TRIGGER" "TRUNCATE" "UPDATE" "USAGE" ]);
                description = "What the role may do, in SQL's words; `ALL` is every privilege that the server has for this kind of object.";
              };
              grantable = mkOption {
                type = types.listOf (types.enum [ "ALL" "CONNECT" "CREATE" "DELETE" "EXECUTE" "INSERT" "MAINTAIN" "REFERENCES" "SELECT" "TEMPORARY" "TRIGGER" "TRUNCATE" "UPDATE" "USAGE" ]);
                default = [ ];
                description = "Which of these privileges the role may pass on to others.";
              };
            };
          });
          description = "Who may do what: names of roles, or `PUBLIC` for everyone, and their privileges.";
        };
        exclusive = mkOption {
          type = types.bool;
          default = false;
          description = "Whether to revoke all that is not declared here, from everyone but the owner. It needs the schema, the database or the role to be managed by the same deployment. False leaves alone what others have declared.";
        };
      };
      outputs.options = { };
    };
    extension = {
      description = "An extension of a database. The mark is a line of its comment, below the extension's own words. It is destroyed only when nothing depends on it: never with CASCADE.";
      requireState = false;
      inputs.options = common // {
        database = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the database that it is installed in.";
        };
        name = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the extension, such as `pg_trgm`.";
        };
        version = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Version to have; an older one is updated, going back is refused. Null installs the server's default, and then leaves it as it is.";
        };
        schema = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Schema that its objects are in, which must exist. It changes only where the extension is relocatable. Null leaves it as it is; at first that is `public`, unless the extension itself says otherwise.";
        };
        cascade = mkOption {
          type = types.bool;
          default = false;
          description = "Whether creating it also installs the extensions that it needs. They bear no mark, and stay when it is destroyed.";
        };
      };
      outputs.options = {
        version = mkOption {
          type = types.str;
          description = "Version that is installed.";
        };
        schema = mkOption {
          type = types.str;
          description = "Schema that its objects are in.";
        };
      };
    };
    grant = {
      description = "Who may do what with one object of a database, or with all tables, sequences or routines of a schema. One resource lists all grantees of the object. It adds to what others have granted. What is taken out of it is revoked where the resource has a state, which remembers it; without one only `exclusive` revokes. Destroying it revokes what it declares.";
      requireState = false;
      inputs.options = common // {
        database = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the database that the object is in, or that it is.";
        };
        objectType = mkOption {
          type = types.enum [ "database" "schema" "table" "allTables" "sequence" "allSequences" "routine" "allRoutines" "type" "language" "foreignServer" ];
          description = "Kind of object. `table` is also a view, a materialized view or a foreign table, `routine` a function or a procedure, `type` also a domain. `allTables`, `allSequences` and `allRoutines` are those that the schema has now; for those to come there is `default_privileges`.";
        };
        schema = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Name of the schema that the object is in, or that it is; null for a database, a language and a foreign server.";
        };
        object = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Name of the table, sequence, routine, type, language or foreign server; of a routine that shares its name with others the types of its arguments too, as in `add(integer, integer)`. Null for a database, a schema, and all objects of one.";
        };
        grants = mkOption {
          type = types.attrsOf (types.submodule {
            options = {
              privileges = mkOption {
                type = types.nonEmptyListOf (types.enum [ "ALL" "CONNECT" "CREATE" "DELETE" "EXECUTE" "INSERT" "MAINTAIN" "REFERENCES" "SELECT" "TEMPORARY" "TRIGGER" "TRUNCATE" "UPDATE" "USAGE" ]);
                description = "What the role may do, in SQL's words; `ALL` is every privilege that the server has for this kind of object.";
              };
              grantable = mkOption {
                type = types.listOf (types.enum [ "ALL" "CONNECT" "CREATE" "DELETE" "EXECUTE" "INSERT" "MAINTAIN" "REFERENCES" "SELECT" "TEMPORARY" "TRIGGER" "TRUNCATE" "UPDATE" "USAGE" ]);
                default = [ ];
                description = "Which of these privileges the role may pass on to others.";
              };
            };
          });
          description = "Who may do what: names of roles, or `PUBLIC` for everyone, and their privileges.";
        };
        exclusive = mkOption {
          type = types.bool;
          default = false;
          description = "Whether to revoke all that is not declared here, from everyone but the owner. It needs the object, its schema or its database to be managed by the same deployment. False leaves alone what others have granted.";
        };
      };
      outputs.options = {
        owner = mkOption {
          type = types.nullOr types.str;
          description = "Owner of the object, who may do everything with it; null where the objects have several owners, or none.";
        };
      };
    };
    role = {
      description = "A role of the server: a user, or a group of users. It belongs to all databases alike.";
      requireState = false;
      inputs.options = common // {
        name = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the role, at most 63 bytes long. Another name is another role.";
        };
        login = mkOption {
          type = types.bool;
          default = false;
          description = "Whether it can log in: whether it is a user.";
        };
        password = mkOption {
          type = types.nullOr suiteTypes.secretRef;
          default = null;
          description = "Password to log in with, sent and stored as a SCRAM verifier only. Null takes it away; but whether there is one that was never declared, only a superuser sees.";
        };
        connectionLimit = mkOption {
          type = types.ints.between (-1) 2147483647;
          default = (-1);
          description = "Most connections that it may have at once; -1 sets no limit.";
        };
        validUntil = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "Time from which on its password is not accepted, in ISO 8601 with an offset, such as `2030-01-01T00:00:00Z`. Null is never.";
        };
        createdb = mkOption {
          type = types.bool;
          default = false;
          description = "Whether it may create databases.";
        };
        createrole = mkOption {
          type = types.bool;
          default = false;
          description = "Whether it may create roles, and change and drop those that it administers.";
        };
        "inherit" = mkOption {
          type = types.bool;
          default = true;
          description = "Whether it has the rights of the roles that it is a member of without SET ROLE.";
        };
        replication = mkOption {
          type = types.bool;
          default = false;
          description = "Whether it may replicate, which is to read everything. Only a superuser or one with it can set it.";
        };
        bypassrls = mkOption {
          type = types.bool;
          default = false;
          description = "Whether row security does not hold for it. Only a superuser or one with it can set it.";
        };
        superuser = mkOption {
          type = types.bool;
          default = false;
          description = "Whether it may do everything on the server. Needs `allowSuperuser` to be set, and a superuser to set it.";
        };
        allowSuperuser = mkOption {
          type = types.bool;
          default = false;
          description = "Whether `superuser` may be set: a second look at a right that nothing limits.";
        };
        memberOf = mkOption {
          type = types.listOf (types.submodule {
            options = {
              role = mkOption {
                type = types.nonEmptyStr;
                description = "Role to be a member of. It must exist.";
              };
              admin = mkOption {
                type = types.bool;
                default = false;
                description = "Whether the member may give the membership to others.";
              };
              "inherit" = mkOption {
                type = types.bool;
                default = true;
                description = "Whether the member has the role's rights without SET ROLE. Before PostgreSQL 16 this is the member's own `inherit`, and must be equal to it.";
              };
              set = mkOption {
                type = types.bool;
                default = true;
                description = "Whether the member may SET ROLE to it. Before PostgreSQL 16 it always may.";
              };
            };
          });
          default = [ ];
          description = "Roles that it is a member of, in any order. A membership that is taken out of here is revoked, whoever granted it. What PostgreSQL 16 and later give a role of themselves on those that it creates does not count.";
        };
        settings = mkOption {
          type = types.attrsOf types.str;
          default = { };
          description = "Parameters of the server that sessions start with, such as `{ work_mem = \"64MB\"; search_path = \"app, public\"; }`. One that is taken out of here is reset.";
        };
      };
      outputs.options = {
        name = mkOption {
          type = types.str;
          description = "Name of the role, for those who need it to be there: owners of databases, members, grantees.";
        };
      };
    };
    schema = {
      description = "A schema of a database. The mark is a line of its comment. It is destroyed only when nothing is in it: never with CASCADE.";
      requireState = false;
      inputs.options = common // {
        database = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the database that it is in.";
        };
        name = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the schema.";
        };
        owner = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Role that owns it. What is in it keeps its own owners. Null leaves the owner as it is; at first that is `connection.user`, or where that role may not create in the database, the database's owner.";
        };
      };
      outputs.options = {
        owner = mkOption {
          type = types.str;
          description = "Role that owns it.";
        };
      };
    };
  };
}
