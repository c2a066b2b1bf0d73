# Everything that Mastodon must be told in this composition: tests compare it with the NixOS module and the files, and a
# block cannot set it. `where` is a path in the NixOS configuration, or a file of files.nix.
let
  documentation = "https://docs.joinmastodon.org/admin";
  basics = "${documentation}/config/";
  storage = "${documentation}/optional/object-storage/";
  email = "https://github.com/mastodon/mastodon/blob/main/config/email.yml";
  ldap = "https://github.com/mastodon/mastodon/blob/main/config/initializers/devise.rb";

  inherit (import ../application/setting-rows.nix "mastodon") nixpkgs row option;
  # A variable that the module passes on by its own name.
  variable =
    source: setting:
    row source [
      "services"
      "mastodon"
      "extraConfig"
      setting
    ] setting;
  delivered = source: row source { file = "mastodon.env"; };
in
[
  (option [ "localDomain" ] "LOCAL_DOMAIN" "Identity of the site in the federation.")

  (option [ "secretKeyBaseFile" ] "SECRET_KEY_BASE" "Sessions stay valid when the machine is built again.")
  (option [ "activeRecordEncryptionPrimaryKeyFile" ] "ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY"
    "Encrypted columns of the database stay readable."
  )
  (option [ "activeRecordEncryptionDeterministicKeyFile" ] "ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY"
    "Encrypted columns of the database stay readable."
  )
  (option [ "activeRecordEncryptionKeyDerivationSaltFile" ]
    "ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT"
    "Encrypted columns of the database stay readable."
  )
  (option [ "vapidPrivateKeyFile" ] "VAPID_PRIVATE_KEY" "Subscriptions to push notifications stay valid.")
  (option [ "vapidPublicKeyFile" ] "VAPID_PUBLIC_KEY" "Belongs to the private key.")

  (option [ "database" "host" ] "DB_HOST" "The database is on another machine.")
  (option [ "database" "port" ] "DB_PORT" "The database is on another machine.")
  (option [ "database" "name" ] "DB_NAME" "Database of the operator.")
  (option [ "database" "user" ] "DB_USER" "Role that owns the database.")
  (option [ "database" "passwordFile" ] "DB_PASS" "Password of that role.")
  (variable basics "DB_SSLMODE" "The database server is verified.")
  (variable nixpkgs "PGSSLMODE" "psql verifies the database server.")
  (variable nixpkgs "PGSSLROOTCERT" "Authority of the database server, for libpq.")
  (variable nixpkgs "NODE_EXTRA_CA_CERTS" "Authority of the database server, for the streaming server.")

  (variable storage "S3_ENABLED" "Media are in object storage.")
  (variable storage "S3_BUCKET" "Bucket of the media.")
  (variable storage "S3_REGION" "Region in signatures.")
  (variable storage "S3_ENDPOINT" "Address of the object storage.")
  (variable storage "S3_PROTOCOL" "Media are served over https.")
  (variable storage "S3_HOSTNAME" "Host of the media.")
  (variable storage "S3_ALIAS_HOST" "Host of the media, without the bucket's name in the path. It is in the content security policy.")
  (variable storage "S3_PERMISSION" "Garage has no ACLs.")
  (variable storage "AWS_ACCESS_KEY_ID" "Id of the bucket's key.")
  (delivered storage "AWS_SECRET_ACCESS_KEY" "Secret of the bucket's key.")

  (option [ "smtp" "host" ] "SMTP_SERVER" "Relay of the hosting provider.")
  (option [ "smtp" "port" ] "SMTP_PORT" "Relay of the hosting provider.")
  (option [ "smtp" "fromAddress" ] "SMTP_FROM_ADDRESS" "Sender of mail.")
  (variable email "SMTP_LOGIN" "Login at the relay.")
  (variable email "SMTP_AUTH_METHOD" "A relay without a login is not asked for one.")
  (variable email "SMTP_TLS" "TLS from the first byte, if the relay wants it.")
  (variable email "SMTP_ENABLE_STARTTLS" "STARTTLS is required, or not tried.")
  (variable email "SMTP_OPENSSL_VERIFY_MODE" "The relay is verified.")
  (delivered email "SMTP_PASSWORD" "Password at the relay. nixpkgs' own option would not quote it.")

  (variable ldap "LDAP_ENABLED" "People of the directory log in.")
  (variable ldap "LDAP_HOST" "Directory of the hosting provider.")
  (variable ldap "LDAP_PORT" "Directory of the hosting provider.")
  (variable ldap "LDAP_METHOD" "Encryption of the connection.")
  (variable ldap "LDAP_BASE" "Where people are searched for.")
  (variable ldap "LDAP_BIND_DN" "Service account that searches.")
  (variable ldap "LDAP_UID" "Attribute that becomes the user name.")
  (variable ldap "LDAP_MAIL" "Attribute that becomes the e-mail address.")
  (variable ldap "LDAP_UID_CONVERSION_ENABLED" "Ids with other characters become user names.")
  (delivered ldap "LDAP_SEARCH_FILTER" "Only members of the application's group log in.")
  (delivered ldap "LDAP_PASSWORD" "Password of the service account.")
]
