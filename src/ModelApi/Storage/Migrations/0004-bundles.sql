-- Empty where bundles are kept in a folder.
create table bundles (
    digest text primary key,
    bytes bigint not null,
    created_at text not null
);

create table bundle_parts (
    digest text not null references bundles (digest) on delete cascade,
    position integer not null,
    content $bytes$ not null,
    primary key (digest, position)
);
