create table audit (
    id $identity$,
    at text not null,
    user_name text not null,
    action text not null,
    model text,
    version text,
    detail text,
    trace_id text
);

create index audit_by_model on audit (model, id);
