"""What customers will still buy and be worth; and where the data cannot say."""
