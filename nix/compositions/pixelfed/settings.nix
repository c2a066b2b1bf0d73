# Everything that Pixelfed must be told in this composition: tests compare it with the NixOS module and the files, and a
# block cannot set it. `where` is a path in the NixOS configuration, or a file of files.nix.
let
  source = "https://github.com/pixelfed/pixelfed/blob/dev/config";

  inherit (import ../application/setting-rows.nix "pixelfed") row option;
  variable =
    file: setting:
    row "${source}/${file}.php" [
      "services"
      "pixelfed"
      "settings"
      setting
    ] setting;
  delivered = file: row "${source}/${file}.php" { file = "pixelfed.env"; };
in
[
  (option [ "domain" ] "APP_DOMAIN" "Identity of the site in the federation.")
  (option [ "domain" ] "APP_URL" "Address of the site.")
  (delivered "app" "APP_KEY" "What is encrypted in the database stays readable when the machine is built again.")
  (variable "app" "APP_NAME" "Name of the site.")
  (row "${source}/passport.php" [
    "systemd"
    "services"
    "pixelfed-data-setup"
    "serviceConfig"
    "LoadCredential"
  ] "PASSPORT_PRIVATE_KEY" "Logins of apps stay valid when the machine is built again.")
  (variable "instance" "ENABLE_CONFIG_CACHE" "Settings are read from here, and not from what an administrator saved once.")
  (variable "instance" "INSTANCE_CONTACT_EMAIL" "Address of the administrator.")
  (variable "pixelfed" "OPEN_REGISTRATION" "Whether anybody can register.")
  (variable "trustedproxy" "TRUST_PROXIES" "nginx passes the address of the client itself, so no header may change it.")

  (variable "database" "DB_CONNECTION" "The database is PostgreSQL.")
  (variable "database" "DB_HOST" "The database is on another machine.")
  (variable "database" "DB_PORT" "The database is on another machine.")
  (variable "database" "DB_DATABASE" "Database of the operator.")
  (variable "database" "DB_USERNAME" "Role that owns the database.")
  (delivered "database" "DB_PASSWORD" "Password of that role.")

  (variable "filesystems" "DANGEROUSLY_SET_FILESYSTEM_DRIVER"
    "Uploads are processed on the machine and then moved: no other value works."
  )
  (variable "pixelfed" "PF_ENABLE_CLOUD" "Media are in object storage.")
  (variable "instance" "PF_LOCAL_AVATAR_TO_CLOUD" "Avatars are not lost when the machine is built again.")
  (variable "filesystems" "FILESYSTEM_CLOUD" "Kind of the object storage.")
  (variable "filesystems" "AWS_ACCESS_KEY_ID" "Id of the bucket's key.")
  (delivered "filesystems" "AWS_SECRET_ACCESS_KEY" "Secret of the bucket's key.")
  (variable "filesystems" "AWS_DEFAULT_REGION" "Region in signatures.")
  (variable "filesystems" "AWS_BUCKET" "Bucket of the media.")
  (variable "filesystems" "AWS_ENDPOINT" "Address of the object storage.")
  (variable "filesystems" "AWS_USE_PATH_STYLE_ENDPOINT" "The endpoint has no host name for each bucket.")
  (variable "filesystems" "AWS_URL" "Host of the media.")

  (variable "mail" "MAIL_DRIVER" "Mail goes to a relay.")
  (variable "mail" "MAIL_HOST" "Relay of the hosting provider.")
  (variable "mail" "MAIL_PORT" "Relay of the hosting provider.")
  (variable "mail" "MAIL_ENCRYPTION" "Encryption of the connection to the relay.")
  (variable "mail" "MAIL_USERNAME" "Login at the relay.")
  (delivered "mail" "MAIL_PASSWORD" "Password at the relay.")
  (variable "mail" "MAIL_FROM_ADDRESS" "Sender of mail.")
  (variable "mail" "MAIL_FROM_NAME" "Sender of mail.")

  (row "https://laravel.com/docs/10.x/scheduling#running-the-scheduler" [
    "systemd"
    "timers"
    "pixelfed-cron"
    "timerConfig"
    "OnCalendar"
  ] "schedule:run" "Media on the machine are removed after they were moved.")
]
