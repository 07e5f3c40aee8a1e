create table models (
    name text primary key,
    revision bigint not null,
    is_disabled boolean not null,
    is_staged boolean not null,
    rollout text,
    rollout_state text
);

create table versions (
    model text not null references models (name) on delete cascade,
    version text not null,
    origin text not null,
    digest text,
    format text,
    bytes bigint not null,
    stage text not null,
    is_disabled boolean not null,
    is_deleted boolean not null,
    created_at text not null,
    created_by text,
    primary key (model, version)
);

create table aliases (
    model text not null references models (name) on delete cascade,
    alias text not null,
    version text not null,
    primary key (model, alias)
);

-- Stays when a model is deleted.
create table history (
    id $identity$,
    at text not null,
    user_name text not null,
    model text not null,
    action text not null,
    version text,
    previous_version text,
    detail text,
    trace_id text
);

create index history_by_model on history (model, id);
