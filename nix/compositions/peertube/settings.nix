# Everything that PeerTube must be told in this composition: tests compare it with the NixOS module and the files, and a
# block cannot set it. `where` is a path in the NixOS configuration, or a file of files.nix; there the variable is named
# if it is not the setting.
let
  peertube = "https://github.com/Chocobozzz/PeerTube/blob/develop/config/production.yaml.example";
  docker = "https://docs.joinpeertube.org/install/docker";

  inherit (import ../application/setting-rows.nix "peertube") row option;
  nested =
    setting:
    row peertube (
      [
        "services"
        "peertube"
        "settings"
      ]
      ++ builtins.filter builtins.isString (builtins.split "[.]" setting)
    ) setting;
  environment =
    variable:
    row peertube [
      "systemd"
      "services"
      "peertube"
      "environment"
      variable
    ];
  delivered =
    source: variable:
    row source {
      file = "peertube.env";
      inherit variable;
    };
in
[
  (option [ "localDomain" ] "webserver.hostname" "Identity of the site in the federation.")
  (option [ "enableWebHttps" ] "webserver.https" "The site is served over https.")
  (option [ "listenWeb" ] "webserver.port" "Port of the addresses that PeerTube publishes.")
  (option [ "secrets" "secretsFile" ] "secrets.peertube" "Encrypted two-factor secrets stay readable when the machine is built again.")
  (nested "admin.email" "Address of the account root.")
  (delivered docker "PT_INITIAL_ROOT_PASSWORD" "PT_INITIAL_ROOT_PASSWORD" "Password of the account root at the first start.")
  (nested "instance.name" "Name of the site.")
  (nested "signup.enabled" "Whether anybody can register.")
  (nested "log.level" "At the level info PeerTube logs the password of the account root when it creates it.")

  (option [ "database" "host" ] "database.hostname" "The database is on another machine.")
  (option [ "database" "port" ] "database.port" "The database is on another machine.")
  (option [ "database" "name" ] "database.name" "Database of the operator.")
  (option [ "database" "user" ] "database.username" "Role that owns the database.")
  (option [ "database" "passwordFile" ] "database.password" "Password of that role.")
  (nested "database.ssl" "The connection is encrypted.")
  (nested "database.ssl_settings.reject_unauthorized" "The database server is verified.")
  (environment "NODE_EXTRA_CA_CERTS" "database.ssl_settings.ca" "Authority of the database server.")
  (option [ "redis" "createLocally" ] "redis.socket" "Valkey is on the machine.")

  (nested "object_storage.enabled" "Videos are in object storage.")
  (nested "object_storage.endpoint" "Address of the object storage. Each bucket has a host name below it.")
  (nested "object_storage.region" "Region in signatures.")
  (nested "object_storage.upload_acl.public" "Garage has no ACLs.")
  (nested "object_storage.upload_acl.private" "Garage has no ACLs: whoever knows the address of a private video can read it.")
  (environment "AWS_ACCESS_KEY_ID" "object_storage.credentials.access_key_id" "Id of the buckets' key.")
  (delivered peertube "AWS_SECRET_ACCESS_KEY" "object_storage.credentials.secret_access_key" "Secret of the buckets' key.")
  (nested "object_storage.web_videos.bucket_name" "Bucket of the videos.")
  (nested "object_storage.web_videos.base_url" "Host of the videos.")
  (nested "object_storage.streaming_playlists.bucket_name" "Bucket of the streamed videos.")
  (nested "object_storage.streaming_playlists.base_url" "Host of the streamed videos.")
  (nested "object_storage.captions.bucket_name" "Bucket of the captions.")
  (nested "object_storage.captions.base_url" "Host of the captions.")
  (nested "object_storage.user_exports.bucket_name" "Bucket of the archives that people export.")
  (nested "object_storage.original_video_files.bucket_name" "Bucket of the uploaded files.")

  (nested "smtp.hostname" "Relay of the hosting provider.")
  (nested "smtp.port" "Relay of the hosting provider.")
  (nested "smtp.username" "Login at the relay.")
  (delivered docker "PEERTUBE_SMTP_PASSWORD" "smtp.password" "Password at the relay. nixpkgs' own option would not quote it.")
  (nested "smtp.tls" "TLS from the first byte, if the relay wants it.")
  (nested "smtp.disable_starttls" "STARTTLS is used unless the relay has none.")
  (nested "smtp.from_address" "Sender of mail.")
]
