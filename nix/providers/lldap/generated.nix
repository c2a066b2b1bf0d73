# Written by `npm run generate` from the schemas of the provider lldap; do not edit.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  suiteTypes = import ../../types.nix { inherit lib; };
  # Inputs of all types.
  common = {
    connection = mkOption {
      type = types.submodule {
        options = {
          url = mkOption {
            type = types.str;
            description = "Base URL of the API. `http` is unencrypted, credentials included: it reaches only this machine unless `allowPlaintext` is true.";
          };
          allowPlaintext = mkOption {
            type = types.bool;
            default = false;
            description = "Whether the credentials may be sent over `http` to another machine, where everybody on the way can read and change them. Needed for an `http` URL unless its host is `localhost` or an address of loopback.";
          };
          tls = mkOption {
            type = types.nullOr (types.submodule {
              options = {
                caFile = mkOption {
                  type = types.nullOr suiteTypes.runtimePath;
                  default = null;
                  description = "PEM file with the certificate authorities that may sign the server's certificate. Null trusts the well-known authorities.";
                };
                pins = mkOption {
                  type = types.listOf (types.strMatching "([0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}|sha256//[A-Za-z0-9+/]{43}=)");
                  default = [ ];
                  description = "Pins of the server's certificate. One of them must match before a credential is sent. A pin is the certificate's SHA-256 fingerprint (`openssl x509 -noout -fingerprint -sha256`), or `sha256//` and the SHA-256 hash of its public key in Base64 (as curl's `--pinnedpubkey`). With pins and without `caFile`, the pins alone decide: authority, name and validity are not checked. An empty list compares no pin.";
                };
              };
            });
            default = null;
            description = "How to recognize an `https` server. Null trusts the well-known authorities and checks the server's name.";
          };
          username = mkOption {
            type = types.strMatching "[a-z0-9][a-z0-9._@-]{0,254}";
            default = "admin";
            description = "Id of the account that the provider uses: a member of `lldap_admin`.";
          };
          password = mkOption {
            type = suiteTypes.secretRef;
            description = "Password of the account.";
          };
          baseDn = mkOption {
            type = types.str;
            description = "Base DN of the directory: `ldap_base_dn` in lldap's configuration. DNs in outputs are in lower case.";
          };
          ldap = mkOption {
            type = types.nullOr (types.submodule {
              options = {
                url = mkOption {
                  type = types.str;
                  description = "URL of lldap's LDAP server. The usual ports of lldap are 3890 for `ldap` and 6360 for `ldaps`; without a port, 389 and 636 are used. `ldap` is unencrypted, passwords included: it reaches only this machine unless `allowPlaintext` is true.";
                };
                tls = mkOption {
                  type = types.nullOr (types.submodule {
                    options = {
                      caFile = mkOption {
                        type = types.nullOr suiteTypes.runtimePath;
                        default = null;
                        description = "PEM file with the certificate authorities that may sign the server's certificate. Null trusts the well-known authorities.";
                      };
                      pins = mkOption {
                        type = types.listOf (types.strMatching "([0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}|sha256//[A-Za-z0-9+/]{43}=)");
                        default = [ ];
                        description = "Pins of the server's certificate. One of them must match before a credential is sent. A pin is the certificate's SHA-256 fingerprint (`openssl x509 -noout -fingerprint -sha256`), or `sha256//` and the SHA-256 hash of its public key in Base64 (as curl's `--pinnedpubkey`). With pins and without `caFile`, the pins alone decide: authority, name and validity are not checked. An empty list compares no pin.";
                      };
                    };
                  });
                  default = null;
                  description = "How to recognize an `ldaps` server. Null trusts the well-known authorities and checks the server's name.";
                };
              };
            });
            default = null;
            description = "LDAP server of the same lldap. Needed only by resources that manage a password: lldap sets and checks passwords over LDAP.";
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
  name = "lldap";
  description = "Users, groups and their attributes in lldap.";
  resourceTypes = {
    attribute_schema = {
      description = "A custom attribute that users or groups can have. lldap cannot change one: a change deletes it with all values and creates it again, and is rejected if there are values, unless `confirmLoss` is true. The attribute carries no mark of a deployment. Destroying retains it, since others may have stored values in it.";
      requireState = false;
      inputs.options = common // {
        kind = mkOption {
          type = types.enum [ "group" "user" ];
          description = "Whether users or groups can have the attribute.";
        };
        name = mkOption {
          type = types.strMatching "[a-z0-9][a-z0-9-]{0,63}";
          description = "Name of the attribute, also in LDAP: 1 to 64 characters of a-z, 0-9 and hyphen, the first one a letter or digit. lldap permits no underscore, and stores names in lower case.";
        };
        attributeType = mkOption {
          type = types.enum [ "DATE_TIME" "INTEGER" "JPEG_PHOTO" "STRING" ];
          description = "Type of the values. An attribute of users and one of groups of the same name must have the same type. A change deletes the attribute with all values: see `confirmLoss`.";
        };
        isList = mkOption {
          type = types.bool;
          default = false;
          description = "Whether the attribute can have several values. A change deletes the attribute with all values: see `confirmLoss`.";
        };
        isVisible = mkOption {
          type = types.bool;
          default = true;
          description = "Whether ordinary users see the attribute. Administrators and members of `lldap_strict_readonly` always do. A change deletes the attribute with all values: see `confirmLoss`.";
        };
        isEditable = mkOption {
          type = types.bool;
          default = false;
          description = "Whether users can change their own values. A change deletes the attribute with all values: see `confirmLoss`.";
        };
        confirmLoss = mkOption {
          type = types.bool;
          default = false;
          description = "Whether a change or a destroy may delete values that users or groups have. False rejects that, and the error has their number.";
        };
      };
      outputs.options = {
        name = mkOption {
          type = types.str;
          description = "Name of the attribute, for `attributes` of users and groups and for applications.";
        };
      };
    };
    group = {
      description = "A group of users, without its members: users name their groups, and `membership` adds users that somebody else manages. A group that was renamed by hand is found by its mark and gets its name back. The groups of lldap itself are never changed.";
      requireState = false;
      inputs.options = common // {
        name = mkOption {
          type = types.nonEmptyStr;
          description = "Display name: 1 to 255 letters, digits, spaces and `_`, `.`, `@`, `-`. No other group may have it, whatever its case; a name that differs only in case is the same name. The name is part of the DN and of every filter. With a state, a changed name renames the group, which keeps its members. Without a state, it declares a new group: rename the old one by hand first.";
        };
        attributes = mkOption {
          type = types.attrsOf (types.listOf types.str);
          default = { };
          description = "Values of custom attributes, by the attribute's name in lower case. An attribute that is no list takes one value. Integers are decimal, times follow RFC 3339, and pictures are Base64. Attributes that are not named here stay as they are. Those removed from the inputs are removed from the group.";
        };
        confirmLoss = mkOption {
          type = types.bool;
          default = false;
          description = "Whether a destroy may delete the group while it has members that this deployment does not manage. False rejects that.";
        };
      };
      outputs.options = {
        id = mkOption {
          type = types.int;
          description = "Id of the group, an integer that lldap chose. A group that is created again gets another one.";
        };
        uuid = mkOption {
          type = types.str;
          description = "UUID of the group, which is `entryUUID` in LDAP.";
        };
        name = mkOption {
          type = types.str;
          description = "Display name as lldap has it, which can differ from the input in case.";
        };
        dn = mkOption {
          type = types.str;
          description = "Distinguished name of the group, in lower case.";
        };
        baseDn = mkOption {
          type = types.str;
          description = "Base DN of the directory, in lower case.";
        };
        memberFilter = mkOption {
          type = types.str;
          description = "LDAP filter that finds the members of the group: `(memberof=<dn>)`.";
        };
        mastodonSearchFilter = mkOption {
          type = types.str;
          description = "Value of Mastodon's `LDAP_SEARCH_FILTER`: members of the group log in by id or e-mail address, and nobody else does. It needs `LDAP_UID=uid` and `LDAP_MAIL=mail`.";
        };
        autheliaUsersFilter = mkOption {
          type = types.str;
          description = "Value of Authelia's `authentication_backend.ldap.users_filter`: members of the group log in by id or e-mail address, and nobody else does.";
        };
      };
    };
    membership = {
      description = "The membership of one user in one group, if somebody else manages the user: a user of this deployment names its groups itself. A membership carries no mark of a deployment: one that existed before counts as declared, so destroying removes it.";
      requireState = false;
      inputs.options = common // {
        user = mkOption {
          type = types.strMatching "[a-z0-9][a-z0-9._@-]{0,254}";
          description = "Id of the user, which must exist and which this deployment does not manage.";
        };
        group = mkOption {
          type = types.nonEmptyStr;
          description = "Display name of the group, in any case. The group must exist.";
        };
        allowAdmin = mkOption {
          type = types.bool;
          default = false;
          description = "Whether `group` may be `lldap_admin`, whose members may do everything in lldap. A destroy never removes a user from it: do that by hand.";
        };
      };
      outputs.options = {
        userDn = mkOption {
          type = types.str;
          description = "Distinguished name of the user, in lower case.";
        };
        groupDn = mkOption {
          type = types.str;
          description = "Distinguished name of the group, in lower case.";
        };
      };
    };
    service_account = {
      description = "An account with which an application logs in to LDAP to find users, so that it need not use the administrator's. Its password is enforced.";
      requireState = false;
      inputs.options = common // {
        id = mkOption {
          type = types.strMatching "[a-z0-9][a-z0-9._@-]{0,254}";
          description = "Id of the user: 1 to 255 characters of a-z, 0-9, dot, hyphen, underscore and `@`, the first one a letter or digit. People log in with it. Changing the id declares a different user.";
        };
        allowAdmin = mkOption {
          type = types.bool;
          default = false;
          description = "Whether `groups` may contain `lldap_admin`, whose members may do everything in lldap. Neither a destroy nor an update ever removes a user from it: do that by hand.";
        };
        email = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "E-mail address, which no other user may have. Null uses `<id>@<managedBy>.invalid`, since lldap needs an address of each user.";
        };
        displayName = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "Displayed name. Null leaves it as it is.";
        };
        groups = mkOption {
          type = types.listOf types.nonEmptyStr;
          default = [ "lldap_strict_readonly" ];
          description = "Display names of groups of which the account is a member, in any case. `lldap_strict_readonly` may search users and groups, `lldap_password_manager` may also set passwords of users who are not administrators.";
        };
        password = mkOption {
          type = suiteTypes.secretRef;
          description = "Password of the account: one line of text, without its final newline. It is set over LDAP, so it needs `connection.ldap`, and set again whenever a login with it fails.";
        };
      };
      outputs.options = {
        bindDn = mkOption {
          type = types.str;
          description = "Distinguished name with which the application logs in, in lower case.";
        };
        uuid = mkOption {
          type = types.str;
          description = "UUID of the account. An account that is created again gets another one.";
        };
        baseDn = mkOption {
          type = types.str;
          description = "Base DN of the directory, in lower case.";
        };
        usersDn = mkOption {
          type = types.str;
          description = "Distinguished name below which all users are found.";
        };
        groupsDn = mkOption {
          type = types.str;
          description = "Distinguished name below which all groups are found.";
        };
      };
    };
    user = {
      description = "A user, with its groups and its password. Others may add groups and attributes: only what the inputs name is changed.";
      requireState = false;
      inputs.options = common // {
        id = mkOption {
          type = types.strMatching "[a-z0-9][a-z0-9._@-]{0,254}";
          description = "Id of the user: 1 to 255 characters of a-z, 0-9, dot, hyphen, underscore and `@`, the first one a letter or digit. People log in with it. Changing the id declares a different user.";
        };
        allowAdmin = mkOption {
          type = types.bool;
          default = false;
          description = "Whether `groups` may contain `lldap_admin`, whose members may do everything in lldap. Neither a destroy nor an update ever removes a user from it: do that by hand.";
        };
        email = mkOption {
          type = types.str;
          description = "E-mail address, which no other user may have, whatever the case of its letters.";
        };
        displayName = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "Displayed name. Null leaves it as it is; the user can change it.";
        };
        firstName = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "First name. Null leaves it as it is.";
        };
        lastName = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "Last name. Null leaves it as it is.";
        };
        avatarFile = mkOption {
          type = types.nullOr suiteTypes.runtimePath;
          default = null;
          description = "File with the picture: a JPEG of at most 524,288 bytes and 1024 x 1024 pixels. The file is read at each apply. Null leaves the picture as it is.";
        };
        attributes = mkOption {
          type = types.attrsOf (types.listOf types.str);
          default = { };
          description = "Values of custom attributes, by the attribute's name in lower case. An attribute that is no list takes one value. Integers are decimal, times follow RFC 3339, and pictures are Base64. Attributes that are not named here stay as they are. Those removed from the inputs are removed from the user.";
        };
        groups = mkOption {
          type = types.listOf types.nonEmptyStr;
          default = [ ];
          description = "Display names of groups of which the user is a member, in any case. Other memberships stay as they are. A group that is removed from the inputs loses the user.";
        };
        password = mkOption {
          type = types.nullOr suiteTypes.secretRef;
          default = null;
          description = "Password of the user: one line of text, without its final newline. It is set over LDAP, so it needs `connection.ldap`. Null does not manage the password.";
        };
        passwordMode = mkOption {
          type = types.enum [ "enforce" "initial" ];
          default = "initial";
          description = "`initial` sets the password once, if the user has none yet, so that the user can change it; it needs lldap 0.6.3. `enforce` sets it again whenever a login with it fails.";
        };
        disabled = mkOption {
          type = types.bool;
          default = false;
          description = "Whether the user is suspended: it leaves the groups in `groups`, and keeps everything else. With `passwordMode = \"enforce\"` the password becomes random too. False restores both.";
        };
      };
      outputs.options = {
        dn = mkOption {
          type = types.str;
          description = "Distinguished name of the user, in lower case.";
        };
        uuid = mkOption {
          type = types.str;
          description = "UUID of the user, which is `entryUUID` in LDAP. A user that is created again gets another one.";
        };
        baseDn = mkOption {
          type = types.str;
          description = "Base DN of the directory, in lower case.";
        };
        otherGroups = mkOption {
          type = types.listOf types.str;
          description = "Display names of groups that are not in `groups` and of which the user is a member.";
        };
      };
    };
  };
}
