# Written by `npm run generate` from the schemas of the provider example; do not edit.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  suiteTypes = import ../../types.nix { inherit lib; };
in
{
  name = "Example";
  description = "Small files in a folder.";
  resourceTypes = {
    file = {
      description = "A small text file. Its first line is the mark of the deployment that manages it.";
      requireState = false;
      inputs.options = {
        connection = mkOption {
          type = types.submodule {
            options = {
              folder = mkOption {
                type = suiteTypes.runtimePath;
                description = "Folder that contains the files. It must exist.";
              };
            };
          };
          description = "Location of the backend, and the credentials for it.";
        };
        name = mkOption {
          type = types.strMatching "[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}";
          description = "Name of the file in the folder. Changing the name declares a different file.";
        };
        content = mkOption {
          type = types.str;
          description = "Text of the file, below its header.";
        };
        mode = mkOption {
          type = types.strMatching "0[0-7]{3}";
          default = "0644";
          description = "Permission bits in octal, such as `0644`.";
        };
        key = mkOption {
          type = types.nullOr suiteTypes.secretRef;
          default = null;
          description = "Key that signs the content; the header then contains the HMAC-SHA256. Null means no signature.";
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
      outputs.options = {
        path = mkOption {
          type = types.str;
          description = "Absolute path of the file.";
        };
        sizeBytes = mkOption {
          type = types.int;
          description = "Size of the file in bytes, including the header.";
        };
      };
    };
  };
}
