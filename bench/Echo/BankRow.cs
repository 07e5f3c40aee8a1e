namespace Echo;

/// <summary>One row of the bank model's signature.</summary>
internal sealed record BankRow(
    int Age, string Job, string Marital, string Education, int Balance, string Housing, int Duration, int Campaign);
