// The targets measure processor time, and would measure each other's.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
